#include "tests/benchmark/convolutions.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randn_like.h>
#include <sla/nn/detail/winograd.h>

#include "host/assembly/machine.h"
#include "tests/benchmark/seconds.h"

namespace benchmark {

namespace {

struct Shape {
  int64_t images, in, out, size, stride;
};

constexpr Shape kShapes[] = {{512, 16, 16, 32, 1},  {512, 16, 32, 32, 2},   {512, 32, 32, 16, 1},
                             {512, 32, 64, 16, 2},  {512, 64, 64, 8, 1},    {128, 64, 64, 32, 1},
                             {128, 64, 128, 32, 2}, {128, 128, 128, 16, 1}, {128, 256, 256, 8, 1},
                             {128, 512, 512, 4, 1}, {32, 64, 64, 56, 1},    {32, 128, 128, 28, 1},
                             {32, 256, 256, 14, 1}, {32, 512, 512, 7, 1},   {128, 160, 160, 32, 1}};

/// Milliseconds.
struct Costs {
  double forward;
  double inputs;
  double weights;
  double sum() const { return forward + inputs + weights; }
};

template <typename Call>
double least(int64_t times, const Call& call) {
  double seconds = std::numeric_limits<double>::max();
  for (int64_t i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    call();
    seconds = std::min(seconds, seconds_since(start));
  }
  return 1e3 * seconds;
}

struct Tensors {
  at::Tensor x;
  at::Tensor weight;
  at::Tensor dy;
  int64_t stride;
};

Costs by_libtorch(const Tensors& of, int64_t times) {
  const at::Tensor weight = of.weight.to(of.x.scalar_type());
  const auto backward = [&](bool inputs, bool weights) {
    return at::convolution_backward(of.dy, of.x, weight, /*bias_sizes=*/{}, {of.stride, of.stride},
                                    {1, 1}, {1, 1}, /*transposed=*/false, {0, 0}, /*groups=*/1,
                                    {inputs, weights, false});
  };
  return {least(times, [&] { return at::conv2d(of.x, weight, {}, of.stride, 1); }),
          least(times, [&] { return backward(true, false); }),
          least(times, [&] { return backward(false, true); })};
}

Costs by_our_own(const Tensors& of, int64_t times) {
  using namespace sla::nn::detail;
  const ConvolutionInput input{of.x, {}, {}};
  return {least(times, [&] { return convolve(input, of.weight, of.stride); }),
          least(times, [&] { return input_gradient(of.x, of.dy, of.weight, of.stride); }),
          least(times, [&] { return weight_gradient(input, of.dy, of.weight, of.stride); })};
}

void print(const Shape& shape, at::ScalarType type, int64_t times) {
  constexpr auto kLayout = at::MemoryFormat::ChannelsLast;
  Tensors of{
      at::randn({shape.images, shape.in, shape.size, shape.size}).to(type).contiguous(kLayout),
      at::randn({shape.out, shape.in, 3, 3}).contiguous(kLayout), at::Tensor(), shape.stride};
  of.dy = at::randn_like(at::conv2d(of.x, of.weight.to(type), {}, of.stride, 1));
  const Costs libtorch = by_libtorch(of, times);
  const Costs own = by_our_own(of, times);
  std::printf(
      "%s %4ld x %3ld -> %3ld, %2ldx%-2ld / %ld  %7.1f %7.1f %7.1f  %7.1f %7.1f %7.1f  x %.2f\n",
      type == at::kFloat ? "fp32" : "bf16", static_cast<long>(shape.images),
      static_cast<long>(shape.in), static_cast<long>(shape.out), static_cast<long>(shape.size),
      static_cast<long>(shape.size), static_cast<long>(shape.stride), libtorch.forward,
      libtorch.inputs, libtorch.weights, own.forward, own.inputs, own.weights,
      libtorch.sum() / own.sum());
  std::fflush(stdout);
}

}  // namespace

void print_convolutions(int64_t times) {
  const at::NoGradGuard no_gradients;
  host::assembly::prepare_machine({});
  std::printf(
      "     images, channels, size / stride       LibTorch: y, dx, dw        own: y, dx, dw\n");
  for (const auto type : {at::kFloat, at::kBFloat16}) {
    for (const Shape& shape : kShapes) print(shape, type, times);
  }
}

}  // namespace benchmark
