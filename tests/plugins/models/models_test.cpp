#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

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
  // Zagoruyko and Komodakis, BMVC 2016, table 4: 2.2 M, 36.5 M.
  CHECK(parameters("plugin = 'wide_resnet'\ndepth = 40\nwidth = 2") == 2'243'546);
  CHECK(parameters("plugin = 'wide_resnet'\ndepth = 28\nwidth = 10") == 36'479'194);
  // Yun et al., ICCV 2019, table 4: 26.8 M (PyramidNet-200, alpha 240). Han et al., CVPR 2017,
  // table 4: 28.3 M (110 layers, alpha 270, no bottlenecks), 27.0 M (164, 270), without some
  // hundred thousand parameters of batch normalisation.
  CHECK(parameters("plugin = 'pyramid_net'") == 26'752'702);
  CHECK(parameters("plugin = 'pyramid_net'\ndepth = 164\nalpha = 270") == 27'216'021);
  CHECK(parameters("plugin = 'pyramid_net'\ndepth = 110\nalpha = 270\nbottleneck = false") ==
        28'485'477);
  // Conv4-64 has 113,088 with the convolutions' biases, 256, which batch normalisation makes idle;
  // 2,570 of the head on 256 features.
  CHECK(parameters("plugin = 'conv4'") == 113'088 - 256 + 2'570);
  // Lee et al., CVPR 2019: 12.4 M; 25,610 of the head on 2,560 features.
  CHECK(parameters("plugin = 'resnet12'") == 12'424'320 + 25'610);
}

TEST_CASE("features have the model's feature_size()", "[models]") {
  const std::string model =
      GENERATE("plugin = 'cresnet'\ndepth = 20", "plugin = 'wide_resnet'\ndepth = 10\nwidth = 2",
               "plugin = 'conv4'\nchannels = 8", "plugin = 'resnet12'",
               "plugin = 'resnet12'\naverage_pool = true", "plugin = 'resnet'",
               "plugin = 'pyramid_net'\ndepth = 20\nalpha = 20");
  const auto assembly = tests::assembly_of("objective.plugin = 'baseline'\n[model]\n" + model);
  auto& network = *assembly.network;
  network.eval();
  const at::NoGradGuard no_grad;
  const int64_t size = network.model().object()->feature_size();
  CHECK(network.forward(at::randn({3, 3, 32, 32}), /*maps=*/false).features.sizes() ==
        at::IntArrayRef({3, size}));
  CHECK(network.forward(at::randn({1, 3, 32, 32}), /*maps=*/false).features.sizes() ==
        at::IntArrayRef({1, size}));
}

namespace {

using State = std::map<std::string, at::Tensor>;

/// A model's weights in float64, with running statistics different from 0 and 1.
host::assembly::Assembly ready(const std::string& model) {
  auto assembly = tests::assembly_of(
      "training.precision = 'fp64'\nobjective.plugin = 'baseline'\n[model]\n" + model);
  assembly.network->eval();
  const at::NoGradGuard no_grad;
  at::manual_seed(9);
  for (auto& [name, tensor] : assembly.network->state()) {
    if (name.ends_with("running_mean")) tensor.normal_();
    if (name.ends_with("running_var")) tensor.uniform_(0.5, 2);
    if (name.find("bn") != std::string::npos && name.ends_with("weight")) tensor.uniform_(0.5, 2);
    if (name.find("bn") != std::string::npos && name.ends_with("bias")) tensor.normal_();
  }
  return assembly;
}

at::Tensor convolved(const at::Tensor& x, const State& state, const std::string& name,
                     int64_t stride = 1) {
  const auto& weight = state.at("base_model." + name + ".weight");
  return at::conv2d(x, weight, /*bias=*/{}, stride, /*padding=*/weight.size(2) / 2);
}

/// Batch normalisation in evaluation, spelled out.
at::Tensor normalised(const at::Tensor& x, const State& state, const std::string& name) {
  const auto of = [&](const char* part) {
    return state.at("base_model." + name + "." + part).view({1, -1, 1, 1});
  };
  return (x - of("running_mean")) / (of("running_var") + 1e-5).sqrt() * of("weight") + of("bias");
}

}  // namespace

TEST_CASE("few-shot backbones compute what their papers define", "[models]") {
  const at::NoGradGuard no_grad;
  const auto images = at::randn({2, 3, 32, 32}, at::kDouble);
  SECTION("conv4") {
    const auto assembly = ready("plugin = 'conv4'\nchannels = 4");
    const State state = assembly.network->state();
    at::Tensor x = images;
    for (const std::string i : {"0", "1", "2", "3"}) {
      x = at::max_pool2d(normalised(convolved(x, state, "conv" + i), state, "bn" + i).relu(), 2);
    }
    CHECK(tests::distance(assembly.network->forward(images, /*maps=*/false).features,
                          x.reshape({2, 16})) < 1e-9);
  }
  SECTION("resnet12") {
    const auto assembly = ready("plugin = 'resnet12'");
    const State state = assembly.network->state();
    const auto leaky = [](const at::Tensor& x) { return x.clamp_min(0) + 0.1 * x.clamp_max(0); };
    at::Tensor x = images;
    for (const std::string block : {"block1.", "block2.", "block3.", "block4."}) {
      const auto layer = [&](const at::Tensor& in, const std::string& number) {
        return normalised(convolved(in, state, block + "conv" + number), state,
                          block + "bn" + number);
      };
      const auto shortcut =
          normalised(convolved(x, state, block + "shortcut"), state, block + "shortcut_bn");
      x = layer(leaky(layer(leaky(layer(x, "1")), "2")), "3") + shortcut;
      x = at::max_pool2d(leaky(x), 2);
    }
    const double size = x.abs().max().item<double>();
    CHECK(tests::distance(assembly.network->forward(images, /*maps=*/false).features,
                          x.reshape({2, 2560})) < 1e-9 * size);
  }
}

namespace {

/// A pyramidal residual unit (Han et al., CVPR 2017, figure 6d), spelled out.
at::Tensor pyramid_block(const at::Tensor& x, const State& state, const std::string& name,
                         int64_t convolutions, int64_t strided, int64_t stride) {
  at::Tensor inner = normalised(x, state, name + ".bn1");
  for (int64_t i = 1; i <= convolutions; ++i) {
    const std::string number = std::to_string(i);
    if (i > 1) inner = normalised(inner, state, name + ".bn" + number).clamp_min(0);
    inner = convolved(inner, state, name + ".conv" + number, i == strided ? stride : 1);
  }
  inner = normalised(inner, state, name + ".bn" + std::to_string(convolutions + 1));
  at::Tensor shortcut = x;
  if (stride == 2) {
    const auto at = [&](int64_t dy, int64_t dx) {
      return x.slice(2, dy, x.size(2), 2).slice(3, dx, x.size(3), 2);
    };
    shortcut = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
  }
  auto sizes = inner.sizes().vec();
  sizes[1] -= x.size(1);
  return inner + at::cat({shortcut, at::zeros(sizes, inner.options())}, 1);
}

}  // namespace

TEST_CASE("PyramidNet computes what its paper defines", "[models]") {
  const at::NoGradGuard no_grad;
  const bool bottleneck = GENERATE(true, false);
  const auto assembly = ready(bottleneck ? "plugin = 'pyramid_net'\ndepth = 20\nalpha = 20"
                                         : "plugin = 'pyramid_net'\ndepth = 14\nalpha = 20\n"
                                           "bottleneck = false");
  const State state = assembly.network->state();
  // Six blocks grow by 20 / 6 channels each: 19.33, 22.67, 26, 29.33, 32.67, 36.
  std::vector<int64_t> widths;
  for (const std::string block : {"1.0", "1.1", "2.0", "2.1", "3.0", "3.1"}) {
    widths.push_back(state.at("base_model.layer" + block + ".conv2.weight").size(0));
  }
  CHECK(widths == std::vector<int64_t>{19, 23, 26, 29, 33, 36});

  const auto images = at::randn({2, 3, 32, 32}, at::kDouble);
  at::Tensor x = normalised(convolved(images, state, "conv1"), state, "bn1");
  std::vector<at::Tensor> maps;
  for (const std::string layer : {"layer1", "layer2", "layer3"}) {
    const int64_t stride = layer == "layer1" ? 1 : 2;
    const int64_t convolutions = bottleneck ? 3 : 2;
    const int64_t strided = bottleneck ? 2 : 1;
    x = pyramid_block(x, state, layer + ".0", convolutions, strided, stride);
    x = pyramid_block(x, state, layer + ".1", convolutions, strided, 1);
    maps.push_back(x);
  }
  const auto found = assembly.network->forward(images, /*maps=*/true);
  const double size = x.abs().max().item<double>();
  for (size_t i = 0; i < maps.size(); ++i) {
    CHECK(tests::distance(found.maps.at(i), maps[i]) < 1e-10 * size);
  }
  const auto last = normalised(x, state, "bn_final").clamp_min(0).mean({2, 3});
  CHECK(tests::distance(found.features, last) < 1e-10 * size);
}

TEST_CASE("PyramidNet refuses other depths", "[models]") {
  CHECK_THROWS_WITH(
      parameters("plugin = 'pyramid_net'\ndepth = 201"),
      ContainsSubstring("depth = 201, but a PyramidNet with bottlenecks has 9n + 2 layers"));
  CHECK_THROWS_WITH(parameters("plugin = 'pyramid_net'\ndepth = 111\nbottleneck = false"),
                    ContainsSubstring("without bottlenecks has 6n + 2 layers"));
}
