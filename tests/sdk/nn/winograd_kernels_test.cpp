#include <sla/nn/detail/kernel_choice.h>
#include <sla/nn/detail/winograd_kernels.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <vector>

#include "tests/catch.h"
#include "tests/support/skip.h"

namespace {

using sla::nn::detail::Activated;
using sla::nn::detail::Bfloat;
using sla::nn::detail::Convolving;
using sla::nn::detail::Grid;
using sla::nn::detail::kPoints;
using sla::nn::detail::kTiles;
using sla::nn::detail::Weighing;
using sla::nn::detail::workspace;

constexpr int64_t kIn = 32;
constexpr int64_t kOut = 48;
/// More tiles than a block has; those at the right and lower edges are cut.
constexpr Grid kGrid{3, 18, 15};
constexpr int64_t kPixels = 3 * 18 * 15;

float wave(size_t i) { return std::sin(0.37F * static_cast<float>(i)); }

std::vector<float> waves(size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = wave(i);
  return values;
}

template <typename T>
std::vector<T> activations(int64_t channels) {
  const auto floats = waves(static_cast<size_t>(kPixels * channels));
  std::vector<T> values;
  for (const float value : floats) {
    if constexpr (std::is_same_v<T, float>) {
      values.push_back(value);
    } else {
      uint32_t bits = 0;
      std::memcpy(&bits, &value, sizeof bits);
      values.push_back(static_cast<Bfloat>(bits >> 16));
    }
  }
  return values;
}

/// What a convolution, its gate, and a weight's gradient write.
template <typename T>
struct Written {
  std::vector<T> y;
  std::vector<float> sums;
  std::vector<float> gradient;
  bool operator==(const Written&) const = default;
};

template <int64_t Lanes, typename T>
Written<T> written() {
  const auto x = activations<T>(kIn);
  const auto dy = activations<T>(kOut);
  const auto weights = waves(kPoints * kIn * kOut);
  const auto per_channel = waves(kOut);
  Written<T> result{std::vector<T>(dy.size()), std::vector<float>(2 * kOut),
                    std::vector<float>(kPoints * kIn * kOut)};
  std::vector<float> work(static_cast<size_t>(workspace(kIn, kOut)));
  const Activated<T> input{
      .x = x.data(), .channels = kIn, .scale = per_channel.data(), .shift = per_channel.data()};
  const Activated<T> gated{
      .x = dy.data(), .channels = kOut, .scale = per_channel.data(), .shift = per_channel.data()};
  const Convolving<T> convolving{
      .grid = kGrid,
      .input = input,
      .weights = weights.data(),
      .y = result.y.data(),
      .out = kOut,
      .gate = {gated, per_channel.data(), result.sums.data(), result.sums.data() + kOut}};
  for (int64_t first = 0; first < kGrid.tiles(); first += kTiles) {
    convolve<Lanes>(convolving, first, std::min(first + kTiles, kGrid.tiles()), work.data());
  }
  const Activated<T> gradient{.x = dy.data(), .channels = kOut};
  weigh<Lanes>(Weighing<T>{kGrid, input, gradient, result.gradient.data(), 0, kIn}, 0,
               kGrid.tiles(), work.data());
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("vectors of 8 and of 16 lanes give the same bits", "[sdk]", float, Bfloat) {
  if (!sla::nn::detail::has_sixteen_lanes()) {
    tests::skip("the processor lacks AVX-512");
    return;
  }
  const auto narrow = written<8, TestType>();
  CHECK(narrow == written<16, TestType>());
  CHECK(narrow.gradient != std::vector<float>(narrow.gradient.size()));
}
