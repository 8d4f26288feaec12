#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/assembly/assembly.h"

namespace benchmark {

/// The result of one measurement.
struct Measure {
  double images_per_second = 0;
  double peak_mib = 0;
};

/// The components of an experiment in TOML, with `settings`, on a machine prepared for it.
host::assembly::Assembly assembly_of(const std::string& experiment,
                                     const std::vector<std::string>& settings);

/// The most memory that this process has had, in MiB.
double peak_mib();

/// Batches of 128 from CIFAR's files in memory through gather, crop, flip and normalisation, on one
/// thread.
Measure input_pipeline(int64_t batches);

/// Batches of 64 photographs from the class folders in `folder`, through decoding, random resized
/// crop to 224 pixels and flip, in so many threads, with so much memory for decoded ones.
Measure photographs(const std::string& folder, int64_t decoded_mib, int64_t threads,
                    int64_t batches);

/// Seconds of parts of few-shot training: ResNet-12, the SVM head, 8 episodes of 5 classes with 15
/// support and 6 query images of 32x32.
struct FewShotCosts {
  /// A whole training step.
  double step = 0;
  /// The head's loss and gradient within the step.
  double head = 0;
  /// Sampling the batch's episodes.
  double drawing = 0;
};

/// `settings` are added to the experiment's.
FewShotCosts few_shot_costs(int64_t steps, const std::vector<std::string>& settings);

}  // namespace benchmark
