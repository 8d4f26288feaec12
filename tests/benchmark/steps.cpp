#include "tests/benchmark/steps.h"

#include <ATen/ops/randint.h>

#include <array>
#include <chrono>
#include <stdexcept>

#include "host/assembly/assembly.h"
#include "host/cuda/library.h"
#include "host/training/step.h"
#include "tests/benchmark/measures.h"
#include "tests/benchmark/seconds.h"

namespace benchmark {

namespace {

using Clock = std::chrono::steady_clock;

struct Row {
  const char* name;
  /// Side length of the images in pixels.
  int64_t size;
  const char* experiment;
};

/// The same networks and batches as in pytorch_rows.py.
constexpr std::array kRows{Row{"resnet32", 32, R"(
dataset = { plugin = "synthetic", classes = 100 }
model = { plugin = "cresnet", depth = 32 }
objective.plugin = "sla"
transformation.plugin = "rotation"
training.batch_size = 128
)"},
                           Row{"resnet18_cifar", 32, R"(
dataset = { plugin = "synthetic", classes = 100 }
model = { plugin = "resnet", name = "resnet18", stem = "cifar" }
objective.plugin = "baseline"
training.batch_size = 32
)"},
                           Row{"wrn28_10", 32, R"(
dataset = { plugin = "synthetic", classes = 100 }
model = { plugin = "wide_resnet", depth = 28, width = 10 }
objective.plugin = "baseline"
training.batch_size = 8
)"},
                           Row{"resnet18_224", 224, R"(
dataset = { plugin = "synthetic", classes = 100 }
model = { plugin = "resnet", name = "resnet18" }
objective.plugin = "baseline"
training.batch_size = 32
)"},
                           Row{"few_shot", 32, R"(
model = { plugin = "resnet12", drop_rate = 0.0 }
objective = { plugin = "few_shot", component = "prototypical" }
transformation.plugin = "rotation"
[dataset]
plugin = "episodes"
way = 5
shot = 1
query = 6
episodes_per_batch = 1
validation_classes = ["stripes0", "stripes1", "stripes2", "stripes3", "stripes4"]
test_classes = ["stripes5", "stripes6", "stripes7", "stripes8", "stripes9"]
source = { plugin = "synthetic", classes = 74, train = 7400 }
)"}};

/// Steps on a GPU, after the first, that are not timed; as in pytorch_steps.py.
constexpr int64_t kUntimed = 10;

constexpr const char* kCommon = R"(
optimizer = { learning_rate = 0.1, momentum = 0.9, weight_decay = 1e-4 }
training.total_iterations = 1_000_000
training.validate_every_iterations = 1000
)";

const Row& row_named(const std::string& name) {
  std::string known;
  for (const Row& row : kRows) {
    if (row.name == name) return row;
    known += std::string(" ") + row.name;
  }
  throw std::runtime_error("--row " + name + " is unknown; there are" + known);
}

}  // namespace

StepCosts training_steps(const StepSettings& settings) {
  const Row& row = row_named(settings.row);
  std::vector<std::string> all{"training.precision=" + settings.precision,
                               "runtime.kernels=" + settings.kernels,
                               "runtime.device=" + settings.device};
  all.insert(all.end(), settings.more.begin(), settings.more.end());
  const auto assembly = assembly_of(std::string(kCommon) + row.experiment, all);
  if (settings.kernels != "auto" && settings.kernels != assembly.kernels()) {
    throw std::runtime_error("this machine has no " + settings.kernels + " kernels");
  }
  const auto sampler = assembly.training_sampler();
  auto draw = sampler->draw(0);
  auto batch = assembly.dataset.batch(sla::Request::plain(sla::Split::train, draw.indices));
  batch.episodes = draw.episodes;
  StepCosts costs{.images = batch.labels.numel()};
  batch.images = at::randint(256, {costs.images, 3, row.size, row.size}, at::kByte);
  for (const auto& parameter : assembly.network->parameters()) {
    costs.parameters += parameter.numel();
  }

  assembly.network->train();
  host::training::Step step(assembly, sampler->batches_per_pass());
  const auto run = [&](int64_t i) { step(i, batch).total.item<double>(); };
  auto start = Clock::now();
  const auto seconds = [&] { return seconds_since(start); };
  int64_t next = 0;
  run(next++);
  costs.first_step = seconds();
  // A GPU's steps are recorded, and its clocks rise.
  while (assembly.device.is_cuda() && next <= kUntimed) run(next++);
  start = Clock::now();
  const int64_t first = next;
  do {
    run(next++);
  } while (seconds() < settings.seconds);
  costs.step = seconds() / static_cast<double>(next - first);
  if (!assembly.device.is_cuda()) {
    costs.peak_mib = peak_mib();
  } else if (const auto* gpu = host::cuda::library().functions) {
    costs.peak_mib = gpu->peak_mib();
  }
  return costs;
}

}  // namespace benchmark
