#include "host/assembly/machine.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <sla/nn/detail/kernel_choice.h>

#include <cstdlib>

#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/fixture.h"
#include "tests/support/host_program.h"
#include "tests/support/skip.h"

namespace {

struct Computed {
  std::string kernels;
  at::Tensor features;
};

/// A model's features, and whose kernels the assembly says it took.
Computed computed_with(const std::string& kernels, const std::string& more = "") {
  const at::NoGradGuard no_gradients;
  const auto assembly = tests::assembly_of("objective.plugin = 'baseline'\nruntime = { threads = " +
                                           std::to_string(at::get_num_threads()) + ", kernels = '" +
                                           kernels + "' }\n" + more);
  host::assembly::prepare_machine(assembly.experiment.runtime);
  const auto indices = assembly.training_sampler()->draw(0).indices;
  const auto batch = assembly.dataset.batch(sla::Request::plain(sla::Split::train, indices));
  return {assembly.kernels(), assembly.embed(batch, sla::Views::identity).features};
}

}  // namespace

TEST_CASE("runtime.kernels reaches the models and wins over the environment", "[models]") {
  unsetenv("SLA_KERNELS");
  const std::string fastest(name_of(sla::nn::detail::chosen_kernels(at::kFloat)));
  setenv("SLA_KERNELS", "own", 1);
  if (fastest == "libtorch") {
    tests::skip("the processor lacks AVX2 or FMA");
    return;
  }
  const auto libtorch = computed_with("libtorch");
  CHECK(libtorch.kernels == "libtorch");
  setenv("SLA_KERNELS", "libtorch", 1);
  const auto own = computed_with("own");
  CHECK(own.kernels == "own");
  CHECK_FALSE(own.features.equal(libtorch.features));
  CHECK(own.features.allclose(libtorch.features, /*rtol=*/1e-3, /*atol=*/1e-4));
  CHECK(computed_with("own", "training.precision = 'fp64'").kernels == "libtorch");

  setenv("SLA_KERNELS", "libtorch", 1);
  const auto automatic = computed_with("auto");
  CHECK(automatic.kernels == fastest);
  CHECK(automatic.features.equal(computed_with(fastest.c_str()).features));
}

TEST_CASE("a BLAS that is wrong for several threads is refused for several threads", "[models]") {
  const auto check_with_threads = [](const std::string& threads) {
    return tests::run_program("LD_PRELOAD=" + tests::fixture("serial_blas") +
                              " " SLA_HOST_PROGRAM " check " SLA_SOURCE_DIRECTORY
                              "/experiments/cifar100_jigsaw.toml "
                              "--profile smoke --set runtime.threads=" +
                              threads);
  };
  const auto refused = check_with_threads("2");
  CHECK(refused.status != 0);
  CHECK_THAT(refused.output, ContainsSubstring("libopenblas0-openmp"));
  const auto accepted = check_with_threads("1");
  INFO(accepted.output);
  CHECK(accepted.status == 0);
}
