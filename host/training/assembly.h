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

  /// How batches of a split are drawn: the dataset's own way, or the host's.
  std::shared_ptr<const sla::Sampler> sampler(sla::Split split) const;

  /// Batches `first` to `end` - 1 of a split; augmented for training.
  std::unique_ptr<data::BatchLoader> loader(sla::Split split,
                                            std::shared_ptr<const sla::Sampler> sampler,
                                            int64_t first, int64_t end) const;
};

/// Loads the plugins and builds all components; the weights are initialised from the seed. Throws
/// ExperimentError and PluginError.
Assembly assemble(experiment::Experiment experiment);

/// Sets threads and memory allocation up for training, once per program.
void prepare_machine(const experiment::RuntimeOptions& options);

}  // namespace host::training
