#include <torch/cuda.h>

#include <cmath>

#include "host/training/step.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/skip.h"

namespace {

/// The losses of three steps on a device.
std::vector<double> losses(const std::string& device, const std::string& precision) {
  const auto assembly = tests::assembly_of(
      "objective.plugin = 'sla_sd'\n"
      "transformation = [{ plugin = 'rotation' }, { plugin = 'flip' }]\n"
      "runtime.device = '" +
      device + "'\ntraining.precision = '" + precision + "'\n");
  const auto sampler = assembly.training_sampler();
  host::training::Step step(assembly, sampler->batches_per_pass());
  assembly.network->train();
  const auto loader = assembly.training_loader(sampler, 0, 3);
  std::vector<double> losses;
  for (int64_t i = 0; i < 3; ++i) losses.push_back(step(i, loader->next()).total.item<double>());
  return losses;
}

}  // namespace

TEST_CASE("a GPU computes what the CPU computes", "[cuda]") {
  if (!torch::cuda::is_available()) return tests::skip("no CUDA device that LibTorch can use");
  const auto expected = losses("cpu", "fp64");
  const auto exact = losses("cuda", "fp64");
  const auto single = losses("cuda", "fp32");
  const auto half = losses("cuda", "bf16");
  for (size_t i = 0; i < expected.size(); ++i) {
    CHECK(exact[i] == Approx(expected[i]).epsilon(1e-9));
    CHECK(single[i] == Approx(expected[i]).epsilon(1e-2));
    CHECK(half[i] == Approx(expected[i]).epsilon(1e-1));
  }
}
