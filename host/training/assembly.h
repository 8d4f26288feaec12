#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/data/batch_loader.h"
#include "host/data/preparation.h"
#include "host/experiment/experiment.h"
#include "host/plugin/factory.h"
#include "host/training/network.h"

namespace host::training {

/// Everything that an experiment names, built and fitted together.
struct Assembly {
  experiment::Experiment experiment;
  at::Device device;
  plugin::Component<sla::Dataset> dataset;
  data::Preparation preparation;
  sla::Task task;
  std::shared_ptr<Network> network;

  /// The experiment's random streams.
  sla::RandomStream random(std::string_view purpose) const;

  /// The dataset's labels of a split: [size] int64.
  at::Tensor labels(sla::Split split) const;

  /// How training batches are drawn: the dataset's own way, or the host's.
  std::shared_ptr<const sla::Sampler> training_sampler() const;

  /// How a split is gone through to score it: the dataset's own way where it is not the training
  /// split, else every image once.
  std::shared_ptr<const sla::Sampler> evaluation_sampler(sla::Split split) const;

  /// Training batches `first` to `end` - 1, augmented.
  std::unique_ptr<data::BatchLoader> training_loader(std::shared_ptr<const sla::Sampler> sampler,
                                                     int64_t first, int64_t end) const;

  /// All batches of a pass over a split, as they are.
  std::unique_ptr<data::BatchLoader> evaluation_loader(
      sla::Split split, std::shared_ptr<const sla::Sampler> sampler) const;
};

/// Loads the plugins and builds all components; the weights are initialised from the seed. Throws
/// ExperimentError and PluginError.
Assembly assemble(experiment::Experiment experiment);

/// Sets threads and memory allocation up for training, once per program.
void prepare_machine(const experiment::RuntimeOptions& options);

}  // namespace host::training
