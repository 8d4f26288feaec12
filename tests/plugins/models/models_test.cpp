#include <ATen/core/grad_mode.h>
#include <ATen/ops/randn.h>

#include "tests/catch.h"
#include "tests/support/assemblies.h"

namespace {

int64_t parameters(const std::string& model) {
  const auto assembly = tests::assembly_of("objective.plugin = 'baseline'\n[model]\n" + model);
  int64_t count = 0;
  for (const auto& parameter : assembly.network->parameters()) count += parameter.numel();
  return count;
}

}  // namespace

TEST_CASE("models have the published number of parameters, with ten classes", "[models]") {
  // He et al., CVPR 2016, table 6: 0.27 M, 0.46 M, 1.7 M; exact by counting layers: 3x3
  // convolutions 432 + stages, two numbers per channel of batch normalisation, 650 of the head.
  CHECK(parameters("plugin = 'cresnet'\ndepth = 20") == 269'722);
  CHECK(parameters("plugin = 'cresnet'\ndepth = 32") == 464'154);
  CHECK(parameters("plugin = 'cresnet'\ndepth = 110") == 1'727'962);
  // Zagoruyko and Komodakis, BMVC 2016, table 4: 36.5 M.
  CHECK(parameters("plugin = 'wide_resnet'\ndepth = 28\nwidth = 10") == 36'479'194);
  // Conv4-64 has 113,088 with the convolutions' biases, 256, which batch normalisation makes idle;
  // 2,570 of the head on 256 features.
  CHECK(parameters("plugin = 'conv4'") == 113'088 - 256 + 2'570);
  // Lee et al., CVPR 2019: 12.4 M; 25,610 of the head on 2,560 features.
  CHECK(parameters("plugin = 'resnet12'") == 12'424'320 + 25'610);
}

TEST_CASE("features have the size that the model says", "[models]") {
  const std::string model =
      GENERATE("plugin = 'cresnet'\ndepth = 20", "plugin = 'wide_resnet'\ndepth = 10\nwidth = 2",
               "plugin = 'conv4'\nchannels = 8", "plugin = 'resnet12'",
               "plugin = 'resnet12'\naverage_pool = true");
  const auto assembly = tests::assembly_of("objective.plugin = 'baseline'\n[model]\n" + model);
  auto& network = *assembly.network;
  network.eval();
  const at::NoGradGuard no_grad;
  const int64_t size = network.model().object->feature_size();
  CHECK(network.features(at::randn({3, 3, 32, 32})).sizes() == at::IntArrayRef({3, size}));
  CHECK(network.features(at::randn({1, 3, 32, 32})).sizes() == at::IntArrayRef({1, size}));
}
