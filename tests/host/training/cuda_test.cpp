#include <torch/cuda.h>

#include <cmath>

#include "host/storage/checkpoint.h"
#include "host/terminal/signals.h"
#include "host/training/cuda_graph.h"
#include "host/training/step.h"
#include "host/training/trainer.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/skip.h"

namespace {

/// The losses of an experiment's first steps.
std::vector<double> losses(const std::string& experiment, int64_t steps) {
  const auto assembly = tests::assembly_of(experiment);
  const auto sampler = assembly.training_sampler();
  host::training::Step step(assembly, sampler->batches_per_pass());
  assembly.network->train();
  const auto loader = assembly.training_loader(sampler, 0, steps);
  std::vector<double> losses;
  for (int64_t i = 0; i < steps; ++i) {
    losses.push_back(step(i, loader->next()).total.item<double>());
  }
  return losses;
}

std::vector<double> losses(const std::string& experiment, const std::string& device,
                           const std::string& precision) {
  return losses(
      experiment + "runtime.device = '" + device + "'\ntraining.precision = '" + precision + "'\n",
      3);
}

/// Whether there is what recording needs, a GPU and libsla_cuda.so; if not, skips the running test
/// case.
bool can_record() {
  if (torch::cuda::is_available() && host::training::CudaGraph::obstacle().empty()) return true;
  tests::skip("no CUDA device, or no libsla_cuda.so for LibTorch 2.11");
  return false;
}

/// The losses of ten steps on a GPU in float64.
std::vector<double> losses_with_graph(const std::string& experiment, const std::string& graph) {
  return losses(experiment + "training.precision = 'fp64'\nruntime.device = 'cuda'\n" +
                    "runtime.graph = '" + graph + "'\n",
                10);
}

/// Joint labels, with a fault.
std::string faulty(const std::string& fault) {
  return "objective = { plugin = '" SLA_FIXTURES
         "/nonconforming.so', component = 'objective', fault = '" +
         fault + "' }\ntransformation.plugin = 'flip'\n";
}

}  // namespace

TEST_CASE("GPU and CPU compute the same losses", "[cuda]") {
  if (!torch::cuda::is_available()) return tests::skip("no CUDA device that LibTorch can use");
  const std::string experiment = GENERATE(
      "objective.plugin = 'sla_sd'\n"
      "transformation = [{ plugin = 'rotation' }, { plugin = 'flip' }]\n",
      "objective = { plugin = 'imbalanced', component = 'imbalanced_sd', loss = 'ldam',"
      "              class_weights = 'class_balanced' }\n"
      "transformation.plugin = 'flip'\n"
      "dataset = { plugin = 'long_tail', ratio = 5,"
      "            source = { plugin = 'synthetic', train = 200 } }\n",
      "objective = { plugin = 'few_shot', component = 'svm' }\ntransformation.plugin = 'flip'\n"
      "model.plugin = 'conv4'\n"
      "dataset = { plugin = 'episodes', way = 2, shot = 2, query = 2, evaluation_way = 2,"
      "            validation_classes = ['stripes0', 'stripes1'],"
      "            test_classes = ['stripes2', 'stripes3'],"
      "            source = { plugin = 'synthetic', classes = 8, train = 400 } }\n");
  const auto expected = losses(experiment, "cpu", "fp64");
  const auto exact = losses(experiment, "cuda", "fp64");
  const auto single = losses(experiment, "cuda", "fp32");
  const auto half = losses(experiment, "cuda", "bf16");
  for (size_t i = 0; i < expected.size(); ++i) {
    // The SVM stops at a small duality gap on the CPU, and after its last iteration on a GPU.
    CHECK(exact[i] == Approx(expected[i]).epsilon(1e-8));
    CHECK(single[i] == Approx(expected[i]).epsilon(1e-2));
    CHECK(half[i] == Approx(expected[i]).epsilon(1e-1));
  }
}

TEST_CASE("recorded steps compute what ordinary ones do", "[cuda]") {
  if (!can_record()) return;
  const std::string experiment = GENERATE(
      // Random numbers on the GPU; gradient clipping; weight averages.
      "objective.plugin = 'baseline'\n"
      "model = { plugin = 'wide_resnet', depth = 10, width = 1, dropout = 0.3 }\n"
      "training.clip_gradient_norm = 1\ntraining.average_decay = 0.9\n",
      // Mixed labels, and batches of two sizes.
      "augmentation = { plugin = 'mixing', component = 'mixup' }\nobjective.plugin = 'sla'\n"
      "transformation.plugin = 'rotation'\n"
      "training.sampler = 'epoch'\ntraining.batch_size = 60\n",
      // Two phases, weighted means.
      "objective = { plugin = 'imbalanced', component = 'imbalanced_sd', loss = 'ldam',"
      "              class_weights = 'class_balanced', weights_from_epoch = 0.4 }\n"
      "transformation = [{ plugin = 'jigsaw', count = 4 }, { plugin = 'flip' }]\n"
      "dataset = { plugin = 'long_tail', ratio = 5,"
      "            source = { plugin = 'synthetic', train = 200 } }\n"
      "optimizer = { name = 'adamw', learning_rate = 0.001 }\n",
      "objective = { plugin = 'few_shot', component = 'svm' }\ntransformation.plugin = 'flip'\n"
      "model = { plugin = 'resnet12' }\n"
      "dataset = { plugin = 'episodes', way = 2, shot = 2, query = 2, evaluation_way = 2,"
      "            validation_classes = ['stripes0', 'stripes1'],"
      "            test_classes = ['stripes2', 'stripes3'],"
      "            source = { plugin = 'synthetic', classes = 8, train = 400 } }\n");
  INFO(experiment);
  const auto ordinary = losses_with_graph(experiment, "off");
  const auto recorded = losses_with_graph(experiment, "on");
  for (size_t i = 0; i < ordinary.size(); ++i) {
    CHECK(recorded[i] == Approx(ordinary[i]).epsilon(1e-9));
  }
}

TEST_CASE("recorded steps in bfloat16 compute what ordinary ones do", "[cuda]") {
  if (!can_record()) return;
  const auto with_graph = [](const std::string& graph) {
    return losses(
        "objective.plugin = 'sla_sd'\ntransformation.plugin = 'rotation'\n"
        "training.precision = 'bf16'\noptimizer.learning_rate = 0.01\n"
        "runtime.device = 'cuda'\nruntime.graph = '" +
            graph + "'\n",
        8);
  };
  const auto ordinary = with_graph("off");
  const auto recorded = with_graph("on");
  for (size_t i = 0; i < ordinary.size(); ++i) {
    CHECK(recorded[i] == Approx(ordinary[i]).epsilon(1e-2));
  }
}

TEST_CASE("a recorded run resumes as it would have gone on", "[cuda]") {
  if (!can_record()) return;
  host::terminal::watch_signals();
  const std::string experiment =
      "objective.plugin = 'sla_sd'\ntransformation.plugin = 'rotation'\n"
      "training = { precision = 'fp64', total_iterations = 16, validate_every_iterations = 8 }\n"
      "runtime = { device = 'cuda', graph = 'on' }\n";
  const tests::ScratchFolder folder;
  const auto last_checkpoint = [&](const std::string& name, std::vector<int64_t> stops) {
    const host::storage::RunDirectory run(folder / name);
    for (const int64_t stop : stops) {
      CHECK(host::training::train(tests::assembly_of(experiment), run, stop).iteration == stop);
    }
    CHECK(host::training::train(tests::assembly_of(experiment), run).finished);
    return host::storage::read_checkpoint(run.last_checkpoint()).tensors;
  };
  const auto expected = last_checkpoint("straight", {});
  const auto found = last_checkpoint("resumed", {2, 7});
  REQUIRE(found.size() == expected.size());
  for (const auto& [name, tensor] : expected) {
    INFO(name);
    CHECK(at::allclose(found.at(name), tensor, /*rtol=*/1e-7, /*atol=*/1e-9));
  }
}

TEST_CASE("a loss that is not finite stops recorded steps as it does others", "[cuda]") {
  if (!can_record()) return;
  // The learning rate explodes after the eighth iteration.
  const std::string experiment =
      "objective.plugin = 'baseline'\nschedule = { name = 'multi_step', gamma = 1e200,"
      "             milestone_fractions = [0.5] }\n"
      "training.total_iterations = 16\ntraining.nonfinite_loss = 'check'\n";
  for (const std::string graph : {"off", "on"}) {
    CHECK_THROWS_WITH(losses_with_graph(experiment, graph), ContainsSubstring("in iteration 9 "));
  }
}

TEST_CASE("what cannot be recorded is computed step by step, or refused", "[cuda]") {
  if (!can_record()) return;
  const auto& [fault, reason] = GENERATE(table<std::string, std::string>(
      {{"waits", "synchroniz"}, {"generator", "random numbers on the CPU"}}));
  INFO(fault);
  const auto ordinary = losses_with_graph(faulty(fault), "off");
  const auto found = losses_with_graph(faulty(fault), "auto");
  for (size_t i = 0; i < ordinary.size(); ++i) CHECK(found[i] == Approx(ordinary[i]).epsilon(1e-9));
  CHECK_THROWS_WITH(losses_with_graph(faulty(fault), "on"), ContainsSubstring(reason));
}

TEST_CASE("a step that depends on a counter of the plugin is not recorded", "[cuda]") {
  if (!can_record()) return;
  CHECK_THROWS_WITH(losses_with_graph(faulty("member"), "on"), ContainsSubstring("another loss"));
}

TEST_CASE("a CPU has no graphs", "[training]") {
  CHECK_THROWS_WITH(
      losses("objective.plugin = 'baseline'\nruntime = { device = 'cpu', graph = 'on' }\n", 1),
      ContainsSubstring("needs a GPU, and this run computes on cpu"));
}
