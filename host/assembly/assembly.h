#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/assembly/frozen_network.h"
#include "host/assembly/initial_weights.h"
#include "host/assembly/network.h"
#include "host/data/augmentations.h"
#include "host/data/batch_loader.h"
#include "host/data/normalisation.h"
#include "host/data/transformations.h"
#include "host/experiment/experiment.h"
#include "host/plugin/dataset.h"

namespace host::assembly {

/// All components of an experiment, constructed and connected.
struct Assembly {
  experiment::Experiment experiment;
  at::Device device;
  plugin::Dataset dataset;
  data::Augmentations augmentations;
  data::Transformations transformations;
  data::Normalisation normalisation;
  sla::Task task;
  std::shared_ptr<Network> network;
  /// The earlier runs whose networks the objective uses.
  std::shared_ptr<const std::vector<FrozenRun>> frozen_runs;
  /// What the network began with, once load_initial_weights() has loaded it.
  std::optional<InitialWeights> initial_weights = std::nullopt;

  /// The experiment's random stream for a purpose.
  sla::RandomStream random(std::string_view purpose) const;

  /// The forward pass of a batch on the device: transformations, normalisation, model.
  /// Training, evaluation and everything else that needs features uses it.
  sla::Embedding embed(const sla::Batch& batch, sla::Views views) const;

  /// The sampler of training batches: the dataset's own, or else the host's.
  std::shared_ptr<const sla::Sampler> training_sampler() const;

  /// The sampler that scores a split: the dataset's own if it has one (never for the training
  /// split), else every image once.
  std::shared_ptr<const sla::Sampler> evaluation_sampler(sla::Split split) const;

  /// Whether what is scored on a split are the dataset's own trials (episodes) instead of images.
  bool scores_trials(sla::Split split) const;

  /// Training batches `first` to `end` - 1, augmented.
  std::unique_ptr<data::BatchLoader> training_loader(std::shared_ptr<const sla::Sampler> sampler,
                                                     int64_t first, int64_t end) const;

  /// All batches of one pass over a split, without augmentation.
  std::unique_ptr<data::BatchLoader> evaluation_loader(
      sla::Split split, std::shared_ptr<const sla::Sampler> sampler) const;
};

/// Loads the plugins and constructs all components; initialises the weights from the seed. Throws
/// ExperimentError and PluginError.
Assembly assemble(experiment::Experiment experiment);

}  // namespace host::assembly
