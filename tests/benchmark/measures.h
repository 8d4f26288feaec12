#pragma once

#include <cstdint>
#include <string>

namespace benchmark {

/// What one measurement gives.
struct Measure {
  double images_per_second = 0;
  double peak_mib = 0;
};

/// `steps` whole training steps (ResNet-32, SLA with four rotations, 128 images) in "fp32" or
/// "bf16".
Measure training_steps(const std::string& precision, int64_t steps);

/// Batches of 128 from CIFAR's files in memory through gather, crop, flip and normalisation, on one
/// thread.
Measure input_pipeline(int64_t batches);

}  // namespace benchmark
