#include <torch/cuda.h>

#include <cmath>

#include "host/training/step.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/skip.h"

namespace {

/// The losses of an experiment's first three steps on a device.
std::vector<double> losses(const std::string& experiment, const std::string& device,
                           const std::string& precision) {
  const auto assembly = tests::assembly_of(experiment + "runtime.device = '" + device +
                                           "'\ntraining.precision = '" + precision + "'\n");
  const auto sampler = assembly.training_sampler();
  host::training::Step step(assembly, sampler->batches_per_pass());
  assembly.network->train();
  const auto loader = assembly.training_loader(sampler, 0, 3);
  std::vector<double> losses;
  for (int64_t i = 0; i < 3; ++i) losses.push_back(step(i, loader->next()).total.item<double>());
  return losses;
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
    CHECK(exact[i] == Approx(expected[i]).epsilon(1e-9));
    CHECK(single[i] == Approx(expected[i]).epsilon(1e-2));
    CHECK(half[i] == Approx(expected[i]).epsilon(1e-1));
  }
}
