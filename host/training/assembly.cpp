#include "host/training/assembly.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "host/data/samplers.h"
#include "host/errors.h"
#include "host/plugin/search_path.h"
#include "host/plugin/source_dataset.h"
#include "host/training/memory.h"

namespace host::training {

namespace {

/// Makes a thing of the table's options; a complaint about them gets the place of `key`.
template <typename Make>
auto at_key(const experiment::Experiment& experiment, const std::string& table,
            const std::string& key, Make&& make) {
  try {
    return make();
  } catch (const ExperimentError& error) {
    throw ExperimentError(experiment::place_of(experiment.document, table, key) + error.what());
  }
}

at::Device device_of(const std::string& name) {
  if (name == "auto") return {torch::cuda::is_available() ? at::kCUDA : at::kCPU};
  try {
    const at::Device device(name);
    const int number = std::max(0, static_cast<int>(device.index()));  // plain "cuda" is -1
    if (device.is_cuda() && number >= static_cast<int>(torch::cuda::device_count())) {
      throw ExperimentError("device '" + name + "' is not there: this machine has " +
                            std::to_string(torch::cuda::device_count()) +
                            " CUDA devices that this LibTorch can use");
    }
    if (device.is_cuda() || device.is_cpu()) return device;
  } catch (const c10::Error&) {
    // Not a device's name at all: answered below.
  }
  throw ExperimentError("device '" + name + "' is unknown; use cpu, cuda, cuda:N or auto");
}

at::Tensor labels_of(const plugin::Component<sla::Dataset>& dataset, sla::Split split) {
  return dataset.call("labels", [&](const sla::Dataset& object) { return object.labels(split); });
}

std::vector<int64_t> class_counts(const plugin::Component<sla::Dataset>& dataset, int64_t classes) {
  std::vector<int64_t> counts(classes, 0);
  const auto labels = labels_of(dataset, sla::Split::train);
  const auto* label = labels.data_ptr<int64_t>();
  for (int64_t i = 0; i < labels.numel(); ++i) {
    if (label[i] < 0 || label[i] >= classes) {
      throw PluginError(dataset.origin.location + ": dataset '" + dataset.origin.component +
                        "' gives training image " + std::to_string(i) + " the label " +
                        std::to_string(label[i]) + ", expected 0 to " +
                        std::to_string(classes - 1));
    }
    ++counts[label[i]];
  }
  if (labels.numel() == 0) {
    throw PluginError(dataset.origin.location + ": dataset '" + dataset.origin.component +
                      "' has no training images");
  }
  return counts;
}

}  // namespace

sla::RandomStream Assembly::random(std::string_view purpose) const {
  return sla::RandomStream(static_cast<uint64_t>(experiment.seed)).child(purpose);
}

at::Tensor Assembly::labels(sla::Split split) const { return labels_of(dataset, split); }

std::shared_ptr<const sla::Sampler> Assembly::training_sampler() const {
  const int64_t batch_size = experiment.training.batch_size;
  const auto stream = random("sampler").child(static_cast<int64_t>(sla::Split::train));
  if (auto own = plugin::own_sampler(dataset, sla::Split::train, batch_size, stream)) return own;
  const int64_t size = labels(sla::Split::train).numel();
  if (experiment.training.sampler == "epoch") {
    return std::make_shared<data::EpochSampler>(size, batch_size, stream);
  }
  return std::make_shared<data::IndependentSampler>(size, batch_size, stream);
}

std::shared_ptr<const sla::Sampler> Assembly::evaluation_sampler(sla::Split split) const {
  const int64_t batch_size = experiment.evaluation.batch_size;
  const auto stream = random("sampler").child(static_cast<int64_t>(split));
  if (split != sla::Split::train) {
    if (auto own = plugin::own_sampler(dataset, split, batch_size, stream)) return own;
  }
  return std::make_shared<data::SequentialSampler>(labels(split).numel(), batch_size);
}

std::unique_ptr<data::BatchLoader> Assembly::training_loader(
    std::shared_ptr<const sla::Sampler> sampler, int64_t first, int64_t end) const {
  return std::make_unique<data::BatchLoader>(
      data::BatchSource{.dataset = dataset,
                        .split = sla::Split::train,
                        .sampler = std::move(sampler),
                        .augmentation = experiment.augmentation,
                        .augmentation_random = random("augmentation"),
                        .pin_memory = device.is_cuda()},
      first, end);
}

std::unique_ptr<data::BatchLoader> Assembly::evaluation_loader(
    sla::Split split, std::shared_ptr<const sla::Sampler> sampler) const {
  const int64_t batches = sampler->batches_per_pass();
  return std::make_unique<data::BatchLoader>(data::BatchSource{.dataset = dataset,
                                                               .split = split,
                                                               .sampler = std::move(sampler),
                                                               .augmentation = {},
                                                               .pin_memory = device.is_cuda()},
                                             0, batches);
}

Assembly assemble(experiment::Experiment experiment) {
  const at::Device device =
      at_key(experiment, "runtime", "device", [&] { return device_of(experiment.runtime.device); });
  const Precision precision = precision_of(experiment.training.precision);
  const plugin::Factory factory(plugin::search_path(experiment.plugin_path), experiment.seed);

  auto dataset = factory.dataset(experiment.dataset);
  std::vector<plugin::Component<sla::Transformation>> transformations;
  for (const auto& table : experiment.transformations) {
    transformations.push_back(factory.transformation(table));
  }
  const auto shape =
      dataset.call("image_shape", [](const auto& object) { return object.image_shape(); });
  data::Preparation preparation(
      std::move(transformations),
      at_key(experiment, "normalisation", "mean",
             [&] {
               return data::Normalisation(experiment.normalisation, shape.channels,
                                          precision == Precision::fp64 ? at::kDouble : at::kFloat);
             }),
      device);

  sla::Task task;
  task.classes = dataset.call("class_names",
                              [](const auto& object) { return std::ssize(object.class_names()); });
  task.transformations = preparation.transformations();
  task.class_counts = class_counts(dataset, task.classes);

  // Initial weights are the first numbers of the seed's stream.
  at::manual_seed(static_cast<uint64_t>(experiment.seed));
  auto model = factory.model(experiment.model, shape);
  auto objective = factory.objective(experiment.objective, task, model.object);
  auto network =
      std::make_shared<Network>(std::move(model), std::move(objective), precision, device);
  return {std::move(experiment),  device,          std::move(dataset),
          std::move(preparation), std::move(task), std::move(network)};
}

void prepare_machine(const experiment::RuntimeOptions& options) {
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  at::set_num_threads(options.threads > 0 ? static_cast<int>(options.threads) : cores);
  keep_freed_memory();
}

}  // namespace host::training
