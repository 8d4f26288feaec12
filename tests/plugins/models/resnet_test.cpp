#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>

#include <cmath>
#include <sstream>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"

namespace {

using State = std::map<std::string, at::Tensor>;

host::assembly::Assembly resnet(const std::string& settings) {
  return tests::assembly_of(
      "training.precision = 'fp64'\nobjective.plugin = 'baseline'\n[model]\n" +
      ("plugin = 'resnet'\n" + settings));
}

/// Pseudo-random float64 in [0, 1) from exact integer arithmetic, as in make_resnets.py.
at::Tensor fill(at::IntArrayRef shape, int64_t number) {
  constexpr int64_t kPrime = 65'537;
  const auto h = (7919 * at::arange(kPrime) + 104'729 * number).remainder(kPrime);
  const auto period = (h * h).remainder(kPrime).to(at::kDouble) / kPrime;
  const int64_t count = c10::multiply_integers(shape);
  return period.repeat({count / kPrime + 1}).narrow(0, 0, count).view(shape);
}

/// Values that keep activations near one, as in make_resnets.py.
at::Tensor weight(const std::string& name, at::IntArrayRef shape, int64_t number) {
  const auto u = fill(shape, number);
  if (name.ends_with("running_var")) return u + 0.5;
  if (shape.size() > 1) {
    const int64_t inputs = c10::multiply_integers(shape.slice(1));
    return (u - 0.5) * std::sqrt(24.0 / static_cast<double>(inputs));
  }
  if (name.ends_with("weight")) return u * 0.4 + 0.3;
  return u - 0.5;
}

/// The model's own part of a network's state, by torchvision's names.
State model_state(const host::assembly::Assembly& assembly) {
  return host::storage::tensors_below("base_model.", assembly.network->state());
}

std::string listed(const State& state) {
  std::ostringstream lines;
  for (const auto& [name, tensor] : state) {
    lines << name << " [";
    for (int64_t i = 0; i < tensor.dim(); ++i) lines << (i ? ", " : "") << tensor.size(i);
    lines << "]\n";
  }
  return lines.str();
}

/// Gives a network the weights of make_resnets.py.
void fill_weights(const host::assembly::Assembly& assembly) {
  int64_t number = 0;
  for (auto& [name, tensor] : model_state(assembly)) {
    ++number;
    if (!name.ends_with("num_batches_tracked")) {
      at::Tensor(tensor).copy_(weight(name, tensor.sizes(), number));
    }
  }
  for (const std::string part : {"bias", "weight"}) {
    auto head = assembly.network->state().at("classifiers.0." + part);
    head.copy_(weight(part, head.sizes(), ++number));
  }
}

std::string text(const at::Tensor& bytes) {
  return {reinterpret_cast<const char*>(bytes.data_ptr<uint8_t>()),
          static_cast<size_t>(bytes.numel())};
}

int64_t parameters(const host::assembly::Assembly& assembly) {
  int64_t count = 0;
  for (const auto& parameter : assembly.network->model().object()->parameters()) {
    count += parameter.numel();
  }
  return count;
}

}  // namespace

TEST_CASE("ResNets compute what torchvision's do, under the same names", "[models]") {
  const at::NoGradGuard no_grad;
  // Parameters with torchvision's head of 1,000 classes, from torchvision's documentation
  // (`num_params` of each network's weights).
  const auto [name, published] = GENERATE(table<std::string, int64_t>({
      {"resnet18", 11'689'512},
      {"resnet34", 21'797'672},
      {"resnet50", 25'557'032},
      {"resnet101", 44'549'160},
      {"resnet152", 60'192'808},
      {"wide_resnet50_2", 68'883'240},
      {"resnext50_32x4d", 25'028'904},
  }));
  INFO(name);
  const auto expected =
      host::storage::read_safetensors(SLA_SOURCE_DIRECTORY "/tests/plugins/models/resnets/" + name +
                                      ".safetensors")
          .tensors;
  const auto assembly = resnet("name = '" + name + "'");
  auto& network = *assembly.network;
  const auto& model = *network.model().object();
  CHECK(parameters(assembly) + 1000 * (model.feature_size() + 1) == published);
  CHECK(listed(model_state(assembly)) == text(expected.at("state")));

  fill_weights(assembly);
  network.eval();
  const auto images = (fill({2, 3, 64, 64}, 0) * 2 - 1).contiguous(at::MemoryFormat::ChannelsLast);
  const auto found = network.forward(images, /*maps=*/true);
  CHECK(tests::distance(found.features, expected.at("features")) < 1e-10);
  for (size_t i = 0; i < found.maps.size(); ++i) {
    const auto stage = expected.find("stage" + std::to_string(i + 1));
    if (stage == expected.end()) continue;
    CHECK(tests::distance(found.maps[i].mean({2, 3}), stage->second) < 1e-10);
  }
  const auto& head = network.state();
  const auto logits = [&](const at::Tensor& features) {
    return at::linear(features, head.at("classifiers.0.weight").to(features.scalar_type()),
                      head.at("classifiers.0.bias").to(features.scalar_type()));
  };
  CHECK(tests::distance(logits(found.features), expected.at("logits")) < 1e-10);

  network.to(at::kFloat);
  const auto single = network.model().features(images.to(at::kFloat));
  CHECK(tests::distance(single, expected.at("features")) < 1e-5);
  CHECK(tests::distance(logits(single), expected.at("logits")) < 1e-5);
}

TEST_CASE("ResNets for small images keep the resolution of the first stage", "[models]") {
  const at::NoGradGuard no_grad;
  const auto assembly = resnet("name = 'resnet18'\nstem = 'cifar'");
  // The stem has 3x3 instead of 7x7 weights.
  CHECK(parameters(assembly) == 11'689'512 - 513'000 - 64 * 3 * (49 - 9));
  const auto maps =
      assembly.network->forward(at::randn({2, 3, 32, 32}, at::kDouble), /*maps=*/true).maps;
  std::vector<std::vector<int64_t>> sizes;
  for (const auto& map : maps) sizes.push_back(map.sizes().vec());
  CHECK(sizes == std::vector<std::vector<int64_t>>{
                     {2, 64, 32, 32}, {2, 128, 16, 16}, {2, 256, 8, 8}, {2, 512, 4, 4}});
}

TEST_CASE("ResNets start as torchvision's do", "[models]") {
  const at::NoGradGuard no_grad;
  // kaiming_normal_ with mode "fan_out": variance 2 / (kernel^2 * outputs), for groups, too.
  for (auto& [name, tensor] : model_state(resnet("name = 'resnext50_32x4d'"))) {
    INFO(name);
    if (tensor.dim() == 4) {
      const auto fan_out = static_cast<double>(tensor.size(0) * tensor.size(2) * tensor.size(3));
      const double deviation = std::sqrt(2 / fan_out);
      const double error = 1 / std::sqrt(static_cast<double>(tensor.numel()));
      CHECK(std::abs(tensor.mean().item<double>()) < 5 * error * deviation);
      CHECK(std::abs(tensor.std().item<double>() / deviation - 1) < 5 * error);
    } else {
      const bool one = name.ends_with("weight") || name.ends_with("running_var");
      CHECK(tensor.eq(one ? 1 : 0).all().item<bool>());
    }
  }
}

TEST_CASE("an unknown ResNet is refused with the known ones", "[models]") {
  CHECK_THROWS_WITH(resnet("name = 'resnet20'"),
                    ContainsSubstring("resnet18") && ContainsSubstring("resnext50_32x4d"));
}
