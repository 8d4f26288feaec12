#include "sla/nn/batch_norm.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>

#include <sla/error.h>

#include <cmath>
#include <limits>
#include <map>

#include "tests/catch.h"

namespace {

using Tensors = std::map<std::string, at::Tensor>;

/// Output, gradients and running statistics of a training step in `type`, all in float64.
Tensors step(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& dy,
             at::ScalarType type) {
  const int64_t channels = x.size(1);
  sla::nn::BatchNorm norm(channels);
  if (type == at::kDouble) norm.to(at::kDouble);
  Tensors state;
  for (const auto& entry : norm.named_parameters()) state[entry.key()] = entry.value();
  {
    const at::NoGradGuard no_grad;
    const auto ramp = at::arange(channels, at::kDouble) / static_cast<double>(channels);
    state.at("weight").copy_(ramp + 0.5);
    state.at("bias").copy_(ramp - 0.25);
  }
  const auto as_input = [&](const at::Tensor& tensor) {
    return tensor.clone(at::MemoryFormat::ChannelsLast).to(type).requires_grad_(true);
  };
  const at::Tensor input = as_input(x);
  const at::Tensor added = residual.defined() ? as_input(residual) : at::Tensor();
  const at::Tensor y = added.defined() ? norm.add_relu(input, added) : norm.relu(input);
  y.backward(dy.to(type));

  Tensors found{{"y", y.detach()},
                {"dx", input.grad()},
                {"dweight", state.at("weight").grad()},
                {"dbias", state.at("bias").grad()}};
  if (added.defined()) found["dresidual"] = added.grad();
  for (const auto& buffer : norm.named_buffers()) found[buffer.key()] = buffer.value();
  for (auto& [name, tensor] : found) tensor = tensor.to(at::kDouble);
  return found;
}

}  // namespace

TEST_CASE("fused batch normalisation matches the plain one in float64", "[sdk]") {
  const int64_t channels = GENERATE(1, 3, 16, 64, 100);
  const bool with_residual = GENERATE(false, true);
  const auto [type, tolerance] =
      GENERATE(std::pair(at::kFloat, 1e-4), std::pair(at::kBFloat16, 2e-2));
  at::manual_seed(1);
  // Values that both types represent exactly, so that the ReLU masks are equal.
  const auto rounded = [&](const at::Tensor& tensor) {
    return tensor.to(at::kBFloat16).to(at::kDouble);
  };
  const auto x = rounded(at::randn({6, channels, 7, 5}) + 3);
  const auto dy = rounded(at::rand({6, channels, 7, 5}));
  const auto residual = with_residual ? rounded(at::randn({6, channels, 7, 5})) : at::Tensor();

  const Tensors expected = step(x, residual, dy, at::kDouble);
  const Tensors found = step(x, residual, dy, type);
  REQUIRE(found.size() == expected.size());
  for (const auto& [name, tensor] : expected) {
    INFO(name << ", " << channels << " channels");
    const double scale = tensor.norm().item<double>() + 1e-6;
    CHECK((found.at(name) - tensor).norm().item<double>() < tolerance * scale);
  }
}

TEST_CASE("one value per channel has no variance to train with", "[sdk]") {
  sla::nn::BatchNorm norm(4);
  CHECK_THROWS_WITH(norm.relu(at::randn({1, 4, 1, 1})),
                    ContainsSubstring("one value per channel, [1, 4, 1, 1] Float"));
  CHECK_THROWS_AS(norm.forward(at::randn({1, 4, 1, 1})), sla::Error);
  norm.eval();
  CHECK_NOTHROW(norm.relu(at::randn({1, 4, 1, 1})));
}

TEST_CASE("NaN in a batch is NaN in its running variance", "[sdk]") {
  sla::nn::BatchNorm norm(2);
  at::Tensor x = at::randn({3, 2, 4, 4}).contiguous(at::MemoryFormat::ChannelsLast);
  x[1][1][2][2] = std::numeric_limits<float>::quiet_NaN();
  norm.relu(x);
  const auto variance = norm.named_buffers()["running_var"];
  CHECK(std::isfinite(variance[0].item<float>()));
  CHECK(std::isnan(variance[1].item<float>()));
}
