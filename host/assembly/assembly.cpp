#include "host/assembly/assembly.h"

#include <sla/nn/detail/kernel_choice.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "host/assembly/forward.h"
#include "host/assembly/machine.h"
#include "host/assembly/parameter_groups.h"
#include "host/base/errors.h"
#include "host/base/libtorch.h"
#include "host/data/samplers.h"
#include "host/plugin/factory.h"
#include "host/plugin/resolution.h"
#include "host/plugin/search_path.h"

namespace host::assembly {

namespace {

/// Calls `make`; adds the location of `key` in the table to its errors.
template <typename Make>
auto at_key(const experiment::Experiment& experiment, const std::string& table,
            const std::string& key, Make&& make) {
  try {
    return make();
  } catch (const ExperimentError& error) {
    throw ExperimentError(experiment::place_of(experiment.document, table, key) + error.what());
  }
}

sla::Task task_of(const plugin::Dataset& dataset, int64_t transformations) {
  sla::Task task{.classes = dataset.classes(),
                 .transformations = transformations,
                 .class_counts = std::vector<int64_t>(static_cast<size_t>(dataset.classes())),
                 .class_names = dataset.class_names()};
  const auto& labels = dataset.labels(sla::Split::train);
  const auto* label = labels.data_ptr<int64_t>();
  for (int64_t i = 0; i < labels.numel(); ++i) ++task.class_counts[static_cast<size_t>(label[i])];
  return task;
}

int64_t parts_of_batches(const experiment::TrainingOptions& options) {
  return std::max<int64_t>(1, options.accumulate);
}

/// Rejects batches that cannot be cut into the parts, or parts that cannot be dealt out.
void check_division(const experiment::Experiment& experiment, int64_t processes) {
  const auto& options = experiment.training;
  const int64_t parts = parts_of_batches(options);
  const auto place = experiment::place_of(experiment.document, "training", "accumulate");
  if (parts % processes != 0) {
    throw ExperimentError(fmt::format(
        "{}[training] accumulate = {}, but there are {} processes; their number must divide it",
        place, parts, processes));
  }
  if (options.batch_size < parts) {
    throw ExperimentError(fmt::format(
        "{}[training] batch_size = {} is less than accumulate = {}, the parts of each batch, by "
        "default one per process; each part needs an image",
        place, options.batch_size, parts));
  }
}

/// Rejects components that are incompatible with each other.
void check_fit(const data::Augmentations& augmentations, const plugin::Model& model,
               const plugin::Objective& objective) {
  const auto* mixing = augmentations.mixing();
  if (mixing != nullptr && !objective.accepts_mixed_labels()) {
    throw ExperimentError(fmt::format(
        "{} mixes labels, which objective '{}' cannot take; remove the augmentation or choose "
        "another objective",
        plugin::subject(mixing->origin()), objective.origin().component));
  }
  if (objective.needs().feature_maps && model.stage_channels().empty()) {
    throw ExperimentError(
        fmt::format("{} needs feature maps, and model '{}' offers none; choose a model that "
                    "overrides stage_channels() and staged_features()",
                    plugin::subject(objective.origin()), model.origin().component));
  }
}

}  // namespace

sla::RandomStream Assembly::random(std::string_view purpose) const {
  return sla::RandomStream(static_cast<uint64_t>(experiment.seed)).child(purpose);
}

at::Tensor Assembly::inputs(const sla::Batch& batch, sla::Views views) const {
  return network_inputs(transformations, normalisation, batch, views);
}

sla::Embedding Assembly::embed(const sla::Batch& batch, sla::Views views) const {
  return forward(*network, inputs(batch, views), batch, views);
}

data::Division Assembly::division() const {
  const int64_t parts = parts_of_batches(experiment.training);
  const int64_t own = parts / group->size();
  return {parts, group->rank() * own, own};
}

std::shared_ptr<const sla::Sampler> Assembly::training_sampler() const {
  const int64_t batch_size = experiment.training.batch_size;
  const auto stream = random("sampler").child(static_cast<int64_t>(sla::Split::train));
  if (auto own = dataset.sampler(sla::Split::train, batch_size, stream)) return own;
  const int64_t size = dataset.size(sla::Split::train);
  if (experiment.training.sampler == experiment::TrainingSampler::epoch) {
    return std::make_shared<data::EpochSampler>(size, batch_size, stream);
  }
  return std::make_shared<data::IndependentSampler>(size, batch_size, stream);
}

std::shared_ptr<const sla::Sampler> Assembly::evaluation_sampler(sla::Split split) const {
  const int64_t batch_size = experiment.evaluation.batch_size;
  const auto stream = random("sampler").child(static_cast<int64_t>(split));
  if (split != sla::Split::train) {
    if (auto own = dataset.sampler(split, batch_size, stream)) return own;
  }
  return std::make_shared<data::SequentialSampler>(dataset.size(split), batch_size);
}

std::string Assembly::kernels() const {
  using sla::nn::detail::Kernels;
  const auto precision = experiment.training.precision;
  if (!device.is_cpu() || precision == experiment::Precision::fp64) {
    return std::string(name_of(Kernels::libtorch));
  }
  const bool is_bf16 = precision == experiment::Precision::bf16;
  return std::string(
      name_of(sla::nn::detail::chosen_kernels(is_bf16 ? at::kBFloat16 : at::kFloat)));
}

bool Assembly::scores_trials(sla::Split split) const {
  return split != sla::Split::train &&
         dataset.sampler(split, experiment.evaluation.batch_size, random("sampler")) != nullptr;
}

std::unique_ptr<data::BatchLoader> Assembly::training_loader(
    std::shared_ptr<const sla::Sampler> sampler, int64_t first, int64_t end) const {
  return std::make_unique<data::BatchLoader>(
      data::BatchSource{.dataset = dataset,
                        .split = sla::Split::train,
                        .sampler = std::move(sampler),
                        .augment = true,
                        .augmentations = augmentations,
                        .copies = network->objective().needs().copies,
                        .random = random("augmentation"),
                        .division = division(),
                        .pin_memory = device.is_cuda()},
      first, end, loading_threads(experiment.runtime, device));
}

std::unique_ptr<data::BatchLoader> Assembly::evaluation_loader(
    sla::Split split, std::shared_ptr<const sla::Sampler> sampler, int64_t first,
    int64_t step) const {
  const int64_t batches = sampler->batches_per_pass();
  return std::make_unique<data::BatchLoader>(data::BatchSource{.dataset = dataset,
                                                               .split = split,
                                                               .sampler = std::move(sampler),
                                                               .step = step,
                                                               .pin_memory = device.is_cuda()},
                                             first, batches,
                                             loading_threads(experiment.runtime, device));
}

Assembly assemble(experiment::Experiment given, std::shared_ptr<distributed::Group> group) {
  auto experiment = plugin::resolve(std::move(given));
  const at::Device device = at_key(experiment, "runtime", "device", [&] {
    return device_of(experiment.runtime.device, group->place());
  });
  check_division(experiment, group->size());
  group->connect(device, std::chrono::seconds(experiment.runtime.timeout));
  const Precision precision = experiment.training.precision;
  const auto dtype = precision == Precision::fp64 ? at::kDouble : at::kFloat;
  const auto folders = plugin::search_path(experiment.plugin_path);
  const plugin::Surroundings surroundings{
      .seed = experiment.seed, .device = device, .group = group};
  const plugin::Factory factory(folders, surroundings);

  auto dataset = factory.dataset(experiment.dataset);
  std::vector<plugin::Augmentation> augmentations;
  for (const auto& table : experiment.augmentations) {
    augmentations.push_back(factory.augmentation(table, dataset.image_shape(), dataset.classes()));
  }
  std::vector<plugin::Transformation> transformations;
  for (const auto& table : experiment.transformations) {
    transformations.push_back(factory.transformation(table));
  }
  data::Augmentations augmented(std::move(augmentations));
  data::Transformations product(std::move(transformations));
  auto normalisation = at_key(experiment, "normalisation", "mean", [&] {
    return data::Normalisation(experiment.normalisation, dataset.image_shape().channels, dtype,
                               device);
  });
  sla::Task task = task_of(dataset, product.count());

  // Loading networks of earlier runs must not shift this run's random numbers.
  const auto frozen_runs = std::make_shared<std::vector<FrozenRun>>();
  auto with_runs = surroundings;
  with_runs.frozen_network = [=, names = dataset.class_names()](const std::filesystem::path& run) {
    const libtorch::KeptGenerator generator(device);
    return load_frozen_network(run, names, surroundings, *frozen_runs);
  };
  const plugin::Factory trained(folders, with_runs);

  // Initial weights are drawn from the start of the seed's stream.
  libtorch::seed(device, static_cast<uint64_t>(experiment.seed));
  auto model = trained.model(experiment.model, dataset.image_shape());
  auto objective = trained.objective(experiment.objective, task, model);
  check_fit(augmented, model, objective);
  auto network =
      std::make_shared<Network>(std::move(model), std::move(objective), precision, device);
  freeze_groups(*network, experiment.parameter_groups);
  std::shared_ptr<SharedStatistics> shared_statistics;
  if (experiment.training.sync_batch_norm && group->size() > 1) {
    shared_statistics = std::make_shared<SharedStatistics>(*network, group);
  }
  return {.experiment = std::move(experiment),
          .device = device,
          .group = std::move(group),
          .dataset = std::move(dataset),
          .augmentations = std::move(augmented),
          .transformations = std::move(product),
          .normalisation = std::move(normalisation),
          .task = std::move(task),
          .network = std::move(network),
          .frozen_runs = frozen_runs,
          .shared_statistics = std::move(shared_statistics)};
}

void require_synchronised_parts(const Assembly& assembly) {
  const auto& options = assembly.experiment.training;
  const int64_t parts = assembly.division().parts;
  const int64_t processes = assembly.group->size();
  if (!options.sync_batch_norm || parts == 1 || parts == processes) return;
  throw ExperimentError(
      fmt::format("{}[training] sync_batch_norm needs all parts of a batch at the same time: a "
                  "process for each "
                  "of the {} parts, but there are {}; train with --processes {}, or set "
                  "sync_batch_norm = false",
                  experiment::place_of(assembly.experiment.document, "training", "sync_batch_norm"),
                  parts, processes, parts));
}

}  // namespace host::assembly
