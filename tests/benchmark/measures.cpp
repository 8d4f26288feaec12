#include "tests/benchmark/measures.h"

#include <ATen/Parallel.h>
#include <ATen/ops/randn.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "host/assembly/machine.h"
#include "host/experiment/document.h"
#include "host/training/step.h"
#include "tests/benchmark/seconds.h"
#include "tests/support/fake_cifar.h"

namespace benchmark {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kImages = 128;
constexpr int64_t kWarmUp = 3;
/// All that may be loaded ahead, so that what is measured was not loaded before.
constexpr int64_t kPhotographWarmUp = 8;

constexpr const char* kExperiment = R"(
dataset = { plugin = "cifar", download = false }
model = { plugin = "cresnet", depth = 32 }
objective.plugin = "sla"
transformation.plugin = "rotation"
augmentation = [{ plugin = "random_crop" }, { plugin = "random_flip" }]
optimizer = { learning_rate = 0.1, momentum = 0.9, weight_decay = 1e-4 }
training = { batch_size = 128, total_iterations = 1_000_000, validate_every_iterations = 1000 }
)";

constexpr const char* kPhotographExperiment = R"(
dataset = { plugin = "image_folder", held_out_validation = 0, held_out_test = 0 }
model = { plugin = "resnet", name = "resnet18" }
objective.plugin = "baseline"
augmentation = [{ plugin = "random_flip" }]
training = { batch_size = 64, total_iterations = 1_000_000, validate_every_iterations = 1000 }
)";

constexpr const char* kFewShotExperiment = R"(
[dataset]
plugin = "episodes"
way = 5
shot = 15
query = 6
episodes_per_batch = 8
validation_classes = ["stripes0", "stripes1", "stripes2", "stripes3", "stripes4"]
test_classes = ["stripes5", "stripes6", "stripes7", "stripes8", "stripes9"]
source = { plugin = "synthetic", classes = 74, train = 44_400 }
[model]
plugin = "resnet12"
drop_block_size = 2
[objective]
plugin = "few_shot"
component = "svm"
[training]
total_iterations = 1_000_000
validate_every_iterations = 1000
)";

/// Mean seconds per call over `count` calls.
template <typename Function>
double seconds_of(int64_t count, Function&& function) {
  function(0);  // warm-up
  const auto start = Clock::now();
  for (int64_t i = 1; i <= count; ++i) function(i);
  return seconds_since(start) / static_cast<double>(count);
}

Measure measure(int64_t images, Clock::time_point start) {
  const double seconds = seconds_since(start);
  return {static_cast<double>(images) / seconds, peak_mib()};
}

}  // namespace

host::assembly::Assembly assembly_of(const std::string& experiment,
                                     const std::vector<std::string>& settings) {
  auto document = host::experiment::parse_document(experiment, "benchmark");
  host::experiment::apply_settings(document, settings);
  auto interpreted = host::experiment::interpret(std::move(document), "benchmark");
  host::assembly::prepare_machine(interpreted.runtime);
  return host::assembly::assemble(std::move(interpreted));
}

double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(line.find(':') + 1)) / 1024;
  }
  return 0;
}

Measure input_pipeline(int64_t batches) {
  const tests::FakeCifar files(100);
  const auto assembly = assembly_of(kExperiment, {"dataset.root=" + files.folder.path().string()});
  at::set_num_threads(1);
  const auto sampler = assembly.training_sampler();
  const auto random = assembly.random("augmentation");
  Clock::time_point start;
  for (int64_t i = 0; i < kWarmUp + batches; ++i) {
    if (i == kWarmUp) start = Clock::now();
    auto batch =
        assembly.dataset.batch(sla::Request::plain(sla::Split::train, sampler->draw(i).indices));
    assembly.augmentations.apply(batch, sla::BatchRandom::whole(random.child(i), kImages));
    assembly.normalisation(batch.images);
  }
  return measure(batches * kImages, start);
}

Measure photographs(const std::string& folder, int64_t decoded_mib, int64_t threads,
                    int64_t batches) {
  const auto assembly =
      assembly_of(kPhotographExperiment,
                  {"dataset.root=" + folder, "dataset.decoded_cache=" + std::to_string(decoded_mib),
                   "runtime.loading_threads=" + std::to_string(threads)});
  const auto loader =
      assembly.training_loader(assembly.training_sampler(), 0, kPhotographWarmUp + batches);
  Clock::time_point start;
  int64_t images = 0;
  for (int64_t i = 0; i < kPhotographWarmUp + batches; ++i) {
    if (i == kPhotographWarmUp) {
      start = Clock::now();
      images = 0;
    }
    images += loader->next().images.size(0);
  }
  return measure(images, start);
}

FewShotCosts few_shot_costs(int64_t steps, const std::vector<std::string>& settings) {
  const auto assembly = assembly_of(kFewShotExperiment, settings);
  const auto sampler = assembly.training_sampler();
  auto draw = sampler->draw(0);
  auto batch = assembly.dataset.batch(sla::Request::plain(sla::Split::train, draw.indices));
  batch.episodes = draw.episodes;

  FewShotCosts costs;
  assembly.network->train();
  host::training::Step step(assembly, sampler->batches_per_pass());
  costs.step = seconds_of(steps, [&](int64_t i) { step(i, batch).total.item<double>(); });
  costs.drawing = seconds_of(100, [&](int64_t i) { sampler->draw(i); });

  auto& network = *assembly.network;
  const int64_t rows = batch.labels.numel() * assembly.task.transformations;
  const auto features = at::randn({rows, network.model().feature_size()}).relu().requires_grad_();
  costs.head = seconds_of(5, [&](int64_t) {
    network.objective()
        .loss({.features = features, .views = sla::Views::all, .batch = batch}, {})
        .total()
        .backward();
  });
  return costs;
}

}  // namespace benchmark
