#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/assembly/frozen_network.h"
#include "host/assembly/initial_weights.h"
#include "host/assembly/network.h"
#include "host/assembly/shared_statistics.h"
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
  /// The processes that train together; never null.
  std::shared_ptr<const distributed::Group> group;
  plugin::Dataset dataset;
  data::Augmentations augmentations;
  data::Transformations transformations;
  data::Normalisation normalisation;
  sla::Task task;
  std::shared_ptr<Network> network;
  /// The earlier runs whose networks the objective uses.
  std::shared_ptr<const std::vector<FrozenRun>> frozen_runs;
  /// If the processes share the statistics of batch normalisation.
  std::shared_ptr<SharedStatistics> shared_statistics = nullptr;
  /// What the network began with, once load_initial_weights() has loaded it.
  std::optional<InitialWeights> initial_weights = std::nullopt;

  /// The experiment's random stream for a purpose.
  sla::RandomStream random(std::string_view purpose) const;

  /// What the model sees of a batch on the device: its images, transformed and normalised.
  at::Tensor inputs(const sla::Batch& batch, sla::Views views) const;

  /// The forward pass of a batch on the device: transformations, normalisation, model.
  /// Evaluation and everything else that needs features uses it; a training step takes the two
  /// halves one after the other, inputs() and forward().
  sla::Embedding embed(const sla::Batch& batch, sla::Views views) const;

  /// Whose kernels compute the convolutions of sla::nn, "own", "mixed" or "libtorch", once
  /// prepare_machine() has chosen.
  std::string kernels() const;

  /// The sampler of training batches: the dataset's own, or else the host's.
  std::shared_ptr<const sla::Sampler> training_sampler() const;

  /// The sampler that scores a split: the dataset's own if it has one (never for the training
  /// split), else every image once.
  std::shared_ptr<const sla::Sampler> evaluation_sampler(sla::Split split) const;

  /// Whether what is scored on a split are the dataset's own trials (episodes) instead of images.
  bool scores_trials(sla::Split split) const;

  /// This process's parts of each training batch.
  data::Division division() const;

  /// Training batches `first` to `end` - 1, augmented; of each the parts of this process.
  std::unique_ptr<data::BatchLoader> training_loader(std::shared_ptr<const sla::Sampler> sampler,
                                                     int64_t first, int64_t end) const;

  /// Batches of one pass over a split, without augmentation: every `step`-th from `first` on.
  std::unique_ptr<data::BatchLoader> evaluation_loader(sla::Split split,
                                                       std::shared_ptr<const sla::Sampler> sampler,
                                                       int64_t first = 0, int64_t step = 1) const;
};

/// Loads the plugins and constructs all components; initialises the weights from the seed. `group`
/// trains together; its processes are connected here. Throws ExperimentError, PluginError and
/// LostProcess.
Assembly assemble(experiment::Experiment experiment, std::shared_ptr<distributed::Group> group =
                                                         std::make_shared<distributed::Group>());

/// Throws ExperimentError if training shares the statistics of batch normalisation between parts of
/// a batch that are not computed at the same time.
void require_synchronised_parts(const Assembly& assembly);

}  // namespace host::assembly
