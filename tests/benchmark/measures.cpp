#include "tests/benchmark/measures.h"

#include <ATen/Parallel.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>

#include "host/data/augmentation.h"
#include "host/experiment/document.h"
#include "host/training/step.h"
#include "tests/support/scratch_folder.h"

namespace benchmark {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kImages = 128;
constexpr int64_t kWarmUp = 3;

constexpr const char* kExperiment = R"(
dataset = { plugin = "cifar", download = false }
model = { plugin = "cresnet", depth = 32 }
objective.plugin = "sla"
transformation.plugin = "rotation"
augmentation = { crop_padding = 4, horizontal_flip = true }
optimizer = { learning_rate = 0.1, momentum = 0.9, weight_decay = 1e-4 }
training = { batch_size = 128, total_iterations = 1_000_000, validate_every_iterations = 1000 }
)";

/// CIFAR-100's files with nothing but zeros in them: what the pixels are does not matter.
void write_blank_cifar(const tests::ScratchFolder& folder) {
  for (const auto& [name, records] : {std::pair("train.bin", 50'000), {"test.bin", 10'000}}) {
    std::filesystem::resize_file(folder.write(std::string("cifar-100-binary/") + name, ""),
                                 records * (2 + 3 * 32 * 32));
  }
  std::string names;
  for (int c = 0; c < 100; ++c) names += "class" + std::to_string(c) + "\n";
  folder.write("cifar-100-binary/fine_label_names.txt", names);
}

host::training::Assembly assembly_with(const tests::ScratchFolder& data,
                                       const std::string& precision) {
  write_blank_cifar(data);
  auto document = host::experiment::parse_document(kExperiment, "benchmark");
  host::experiment::apply_settings(
      document, {"dataset.root=" + data.path().string(), "training.precision=" + precision});
  auto experiment = host::experiment::interpret(std::move(document), "benchmark");
  host::training::prepare_machine(experiment.runtime);
  return host::training::assemble(std::move(experiment));
}

Measure measure(int64_t images, Clock::time_point start) {
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {static_cast<double>(images) / seconds, static_cast<double>(usage.ru_maxrss) / 1024};
}

}  // namespace

Measure training_steps(const std::string& precision, int64_t steps) {
  const tests::ScratchFolder data;
  const auto assembly = assembly_with(data, precision);
  const auto sampler = assembly.training_sampler();
  host::training::Step step(assembly, sampler->batches_per_pass());
  assembly.network->train();
  const auto loader = assembly.training_loader(sampler, 0, kWarmUp + steps);
  Clock::time_point start;
  for (int64_t i = 0; i < kWarmUp + steps; ++i) {
    if (i == kWarmUp) start = Clock::now();
    step(i, loader->next()).total.item<double>();
  }
  return measure(steps * kImages, start);
}

Measure input_pipeline(int64_t batches) {
  const tests::ScratchFolder data;
  const auto assembly = assembly_with(data, "fp32");
  at::set_num_threads(1);
  const auto sampler = assembly.training_sampler();
  const auto& dataset = *assembly.dataset.object;
  const auto random = assembly.random("augmentation");
  Clock::time_point start;
  for (int64_t i = 0; i < kWarmUp + batches; ++i) {
    if (i == kWarmUp) start = Clock::now();
    const auto batch = dataset.batch(sla::Split::train, sampler->draw(i).indices);
    const auto augmented =
        host::data::augment(batch.images, assembly.experiment.augmentation, random.child(i));
    assembly.preparation.model_input(augmented, sla::Views::identity);
  }
  return measure(batches * kImages, start);
}

}  // namespace benchmark
