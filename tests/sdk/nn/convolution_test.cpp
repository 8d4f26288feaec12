#include "sla/nn/convolution.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/randn.h>
#include <torch/csrc/autograd/function.h>

#include <sla/nn/batch_norm.h>
#include <sla/nn/detail/kernel_choice.h>

#include <cstdlib>
#include <map>

#include "host/base/libtorch.h"
#include "tests/catch.h"
#include "tests/support/skip.h"

namespace {

using sla::nn::BatchNorm;
using sla::nn::Convolution;
using Tensors = std::map<std::string, at::Tensor>;

/// Sets SLA_KERNELS while it lives.
class Kernels {
 public:
  explicit Kernels(const char* choice) { setenv("SLA_KERNELS", choice, 1); }
  ~Kernels() { unsetenv("SLA_KERNELS"); }
  Kernels(const Kernels&) = delete;
  Kernels& operator=(const Kernels&) = delete;
};

struct Case {
  int64_t images, in, out, height, width, stride;
};

/// Whole and cut tiles, one tile and many; the last one divides the weight's gradient by channels.
const Case kCases[] = {{2, 16, 16, 8, 8, 1},   {3, 32, 48, 5, 7, 1},   {1, 16, 32, 4, 4, 1},
                       {2, 48, 16, 9, 13, 2},  {2, 16, 16, 8, 8, 2},   {5, 16, 16, 32, 32, 1},
                       {1, 64, 80, 14, 14, 2}, {40, 192, 160, 7, 6, 1}};

std::string text(const Case& c) {
  return std::to_string(c.in) + " to " + std::to_string(c.out) + " channels, " +
         std::to_string(c.height) + "x" + std::to_string(c.width) + ", stride " +
         std::to_string(c.stride);
}

at::Tensor rounded(const at::Tensor& tensor) { return tensor.to(at::kBFloat16).to(at::kDouble); }

/// All that a training step of norm and module on x has found, after the backward pass from y.
Tensors after_backward(const at::Tensor& y, const at::Tensor& x, const Convolution& module,
                       const BatchNorm& norm) {
  Tensors all{{"y", y.detach()},
              {"dx", x.grad()},
              {"dweight", module.named_parameters()["weight"].grad()},
              {"norm.dweight", norm.named_parameters()["weight"].grad()},
              {"norm.dbias", norm.named_parameters()["bias"].grad()}};
  for (const auto& buffer : norm.named_buffers()) all[buffer.key()] = buffer.value();
  return all;
}

/// A pair of normalisation and convolution with these weights, trained for one step on these
/// images; `fused`: in one call. All found in float64.
struct Step {
  Step(const Case& at, uint64_t seed) : shape(at) {
    at::manual_seed(seed);
    x = rounded(at::randn({at.images, at.in, at.height, at.width}) + 0.5);
    weight = rounded(at::randn({at.out, at.in, 3, 3}) * 0.1);
    dy = rounded(at::randn({at.images, at.out, (at.height + at.stride - 1) / at.stride,
                            (at.width + at.stride - 1) / at.stride}));
  }

  at::Tensor input(at::ScalarType type) const {
    return x.clone(at::MemoryFormat::ChannelsLast).to(type).requires_grad_(true);
  }

  template <typename Module>
  static void fill(Module& module, const std::string& name, const at::Tensor& values) {
    const at::NoGradGuard no_grad;
    module.named_parameters()[name].copy_(values);
  }

  Convolution convolution() const {
    Convolution module(shape.in, shape.out, 3, shape.stride);
    fill(module, "weight", weight);
    return module;
  }

  /// Of the convolution alone.
  Tensors convolve(at::ScalarType type) const {
    auto module = convolution();
    if (type == at::kDouble) module.to(at::kDouble);
    const at::Tensor images = input(type);
    const at::Tensor y = module.forward(images);
    y.backward(dy.to(type));
    return found({{"y", y.detach()},
                  {"dx", images.grad()},
                  {"dweight", module.named_parameters()["weight"].grad()}});
  }

  /// Of the convolution after normalisation and ReLU.
  Tensors normalise_and_convolve(at::ScalarType type, bool training = true) const {
    auto module = convolution();
    BatchNorm norm(shape.in);
    const auto ramp = at::arange(shape.in, at::kDouble) / static_cast<double>(shape.in);
    fill(norm, "weight", ramp + 0.5);
    fill(norm, "bias", ramp - 0.25);
    norm.named_buffers()["running_mean"].copy_(ramp);
    norm.named_buffers()["running_var"].copy_(ramp + 0.5);
    if (type == at::kDouble) {
      module.to(at::kDouble);
      norm.to(at::kDouble);
    }
    norm.train(training);
    const at::Tensor images = input(type);
    if (!training) {
      const at::NoGradGuard no_grad;
      return found(
          {{"y", norm.relu_into(module, images)}, {"residual", norm.add_relu(images, images)}});
    }
    const at::Tensor y = norm.relu_into(module, images);
    y.backward(dy.to(type));
    return found(after_backward(y, images, module, norm));
  }

  static Tensors found(Tensors tensors) {
    for (auto& [name, tensor] : tensors) tensor = tensor.to(at::kDouble);
    return tensors;
  }

  Case shape;
  at::Tensor x;
  at::Tensor weight;
  at::Tensor dy;
};

void check_close(const Tensors& found, const Tensors& expected, double tolerance) {
  REQUIRE(found.size() == expected.size());
  for (const auto& [name, tensor] : expected) {
    INFO(name);
    REQUIRE(found.at(name).sizes() == tensor.sizes());
    CHECK((found.at(name) - tensor).norm().item<double>() <
          tolerance * (tensor.norm().item<double>() + 1e-6));
  }
}

void check_equal(const Tensors& found, const Tensors& expected) {
  for (const auto& [name, tensor] : expected) {
    INFO(name);
    CHECK(found.at(name).equal(tensor));
  }
}

bool has_own_kernels() {
  const bool has = sla::nn::detail::chosen_kernels(at::kFloat) == sla::nn::detail::Kernels::own;
  if (!has) tests::skip("the processor lacks AVX2 or FMA");
  return has;
}

}  // namespace

TEST_CASE("own convolutions match LibTorch's in float64", "[sdk]") {
  const Kernels own("own");
  if (!has_own_kernels()) return;
  const auto [type, tolerance] =
      GENERATE(std::pair(at::kFloat, 5e-6), std::pair(at::kBFloat16, 5e-3));
  for (const Case& shape : kCases) {
    INFO(text(shape));
    const Step step(shape, 1);
    check_close(step.convolve(type), step.convolve(at::kDouble), tolerance);
  }
}

TEST_CASE("SLA_KERNELS chooses the kernels", "[sdk]") {
  const Step step({4, 16, 16, 16, 16, 1}, 4);
  const auto convolved = [&](const char* choice) {
    const Kernels kernels(choice);
    return step.convolve(at::kFloat).at("y");
  };
  const Kernels own("own");
  if (!has_own_kernels()) return;
  CHECK(convolved("libtorch").equal(convolved("libtorch")));
  CHECK_FALSE(convolved("own").equal(convolved("libtorch")));
}

TEST_CASE("mixed kernels are our own for the shapes for which they are faster", "[sdk]") {
  const Kernels own("own");
  if (!has_own_kernels()) return;
  const auto check = [](const Case& shape, at::ScalarType type, const char* faster) {
    INFO(text(shape) << ", " << shape.images << " images, " << c10::toString(type));
    const Step step(shape, 5);
    const auto convolved = [&](const char* choice) {
      const Kernels kernels(choice);
      const host::libtorch::AutocastGuard autocast(type == at::kBFloat16, at::kCPU);
      return step.convolve(type);
    };
    REQUIRE_FALSE(convolved("own").at("y").equal(convolved("libtorch").at("y")));
    check_equal(convolved("mixed"), convolved(faster));
  };
  check({2, 16, 16, 8, 8, 1}, at::kFloat, "own");
  check({2, 16, 16, 8, 8, 2}, at::kFloat, "libtorch");
  check({16, 32, 48, 16, 16, 1}, at::kBFloat16, "own");
  check({16, 32, 48, 16, 16, 2}, at::kBFloat16, "libtorch");
  check({15, 32, 48, 16, 16, 1}, at::kBFloat16, "libtorch");
  check({16, 16, 32, 16, 16, 1}, at::kBFloat16, "libtorch");
}

TEST_CASE("own convolutions of normalised images match LibTorch's in float64", "[sdk]") {
  const Kernels own("own");
  if (!has_own_kernels()) return;
  const auto [type, tolerance] =
      GENERATE(std::pair(at::kFloat, 2e-5), std::pair(at::kBFloat16, 1e-2));
  for (const Case& shape : kCases) {
    INFO(text(shape));
    const Step step(shape, 2);
    check_close(step.normalise_and_convolve(type), step.normalise_and_convolve(at::kDouble),
                tolerance);
    check_close(step.normalise_and_convolve(type, /*training=*/false),
                step.normalise_and_convolve(at::kDouble, false), tolerance);
  }
}

TEST_CASE("own convolutions do not depend on the number of threads", "[sdk]") {
  const Kernels own("own");
  if (!has_own_kernels()) return;
  const int threads = at::get_num_threads();
  for (const Case& shape : kCases) {
    INFO(text(shape));
    const Step step(shape, 3);
    at::set_num_threads(1);
    const auto alone = step.normalise_and_convolve(at::kFloat);
    at::set_num_threads(3);
    check_equal(step.normalise_and_convolve(at::kFloat), alone);
  }
  at::set_num_threads(threads);
}

TEST_CASE("other convolutions are LibTorch's", "[sdk]") {
  const Kernels own("own");
  const auto check = [](int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t groups) {
    INFO(in << " to " << out << ", kernel " << kernel << ", stride " << stride << ", " << groups);
    Convolution module(in, out, kernel, stride, groups);
    const auto x = at::randn({2, in, 12, 12}).contiguous(at::MemoryFormat::ChannelsLast);
    const auto weight = module.named_parameters()["weight"];
    const at::NoGradGuard no_grad;
    CHECK(module.forward(x).equal(
        at::conv2d(x, weight, {}, stride, kernel / 2, /*dilation=*/1, groups)));
  };
  check(3, 16, 3, 1, 1);
  check(16, 24, 3, 1, 1);
  check(16, 16, 1, 1, 1);
  check(16, 16, 5, 1, 1);
  check(16, 16, 3, 3, 1);
  check(32, 32, 3, 1, 2);
}

TEST_CASE("LibTorch's convolutions of normalised images keep no activations of their own",
          "[sdk]") {
  // "own" computes bfloat16 in float32 on processors that do not multiply it.
  const std::string choice = GENERATE("libtorch", "own");
  const Kernels kernels(choice.c_str());
  const auto type = GENERATE(at::kFloat, at::kBFloat16);
  const auto check = [&](int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t groups) {
    INFO(in << " to " << out << ", kernel " << kernel << ", stride " << stride << ", " << groups
            << " groups, " << c10::toString(type));
    const auto values =
        at::randn({2, in, 12, 12})
            .to(type, /*non_blocking=*/false, /*copy=*/false, at::MemoryFormat::ChannelsLast);
    const auto step = [&](bool fused) {
      at::manual_seed(7);
      const host::libtorch::AutocastGuard autocast(type == at::kBFloat16, at::kCPU);
      Convolution module(in, out, kernel, stride, groups);
      BatchNorm norm(in);
      const at::Tensor x = values.detach().clone().requires_grad_(true);
      const at::Tensor y = fused ? norm.relu_into(module, x) : module.forward(norm.relu(x));
      CHECK((y.grad_fn()->name().find("ConvolutionOfNorm") != std::string::npos) == fused);
      y.backward(at::randn(y.sizes()).to(y.scalar_type()));
      return after_backward(y, x, module, norm);
    };
    check_equal(step(true), step(false));
  };
  check(16, 24, 3, 1, 1);
  check(16, 16, 1, 1, 1);
  check(16, 16, 5, 3, 1);
  check(32, 32, 3, 1, 2);
  if (choice == "libtorch") check(16, 32, 3, 2, 1);
}

TEST_CASE("under autocast, convolutions of normalised float32 images are bfloat16", "[sdk]") {
  const Kernels kernels(GENERATE("libtorch", "own"));
  const host::libtorch::AutocastGuard autocast(true, at::kCPU);
  const bool training = GENERATE(true, false);
  Convolution module(16, 32, 3, 1);
  const auto x = at::randn({2, 16, 8, 8}).contiguous(at::MemoryFormat::ChannelsLast);
  const at::NoGradGuard no_grad;
  BatchNorm norm(16);
  norm.train(training);
  const auto fused = norm.relu_into(module, x);
  CHECK(fused.scalar_type() == at::kBFloat16);
  CHECK(fused.equal(module.forward(norm.relu(x))));
}
