#include "sla/nn/detail/batch_norm_passes.h"

#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <numeric>

#include "sla/nn/detail/batch_norm_kernels.h"
#include "sla/nn/detail/visit_type.h"
#include "sla/parallel.h"

namespace sla::nn::detail {

namespace {

/// How many values to add in float before continuing in double.
constexpr int64_t kBlock = 8192;
/// Number of partial sums; fixed, so that results do not depend on the number of threads.
constexpr int64_t kPieces = 64;
/// Minimum number of values per thread.
constexpr int64_t kGrain = 32768;

/// Activations as a flat array, divided at multiples of the kernels' table period.
struct Extent {
  explicit Extent(const at::Tensor& x)
      : channels(x.size(1)),
        period(std::lcm(channels, kStrip)),
        count(x.numel()),
        periods((count + period - 1) / period) {}

  /// Calls piece(first value, number of values) for a range of periods.
  template <typename Piece>
  void cut(int64_t begin, int64_t end, int64_t step, const Piece& piece) const {
    for (int64_t at = begin; at < end; at += step) {
      const int64_t first = at * period;
      piece(first, std::min(std::min(at + step, end) * period, count) - first);
    }
  }

  /// The same for all periods, on all threads.
  template <typename Piece>
  void for_each(const Piece& piece) const {
    const int64_t grain = std::max<int64_t>(1, kGrain / period);
    parallel_for(periods, grain,
                 [&](int64_t begin, int64_t end) { cut(begin, end, end - begin, piece); });
  }

  int64_t channels;
  int64_t period;
  int64_t count;
  int64_t periods;
};

PerChannel<float> repeated(const PerChannel<float>& values, int64_t period) {
  PerChannel<float> table(period);
  for (int64_t i = 0; i < period; ++i) table[i] = values[i % std::ssize(values)];
  return table;
}

template <typename T>
T* values(const at::Tensor& tensor) {
  return tensor.defined() ? static_cast<T*>(tensor.data_ptr()) : nullptr;
}

/// A pointer to entry `value` of `tensor`; null stays null.
template <typename T>
T* at_value(T* tensor, int64_t value) {
  return tensor == nullptr ? nullptr : tensor + value;
}

struct DoubleSums {
  PerChannel<double> first;
  PerChannel<double> second;
};

/// Two sums per channel; add(first value, number of values, sums) adds one block to them.
template <typename Add>
DoubleSums sums(const Extent& extent, const Add& add) {
  const int64_t period = extent.period;
  const int64_t pieces = std::clamp<int64_t>(extent.count / kGrain, 1, kPieces);
  std::vector<double> partial(pieces * 2 * period);
  parallel_for(pieces, /*grain=*/1, [&](int64_t begin, int64_t end) {
    std::vector<float> block(2 * period);
    for (int64_t piece = begin; piece < end; ++piece) {
      double* totals = partial.data() + piece * 2 * period;
      extent.cut(extent.periods * piece / pieces, extent.periods * (piece + 1) / pieces,
                 std::max<int64_t>(1, kBlock / period), [&](int64_t first, int64_t count) {
                   std::fill(block.begin(), block.end(), 0.0F);
                   add(first, count, ChannelSums{block.data(), block.data() + period});
                   for (int64_t i = 0; i < 2 * period; ++i) totals[i] += block[i];
                 });
    }
  });
  DoubleSums result{PerChannel<double>(extent.channels), PerChannel<double>(extent.channels)};
  for (int64_t i = 0; i < std::ssize(partial); ++i) {
    auto& sum = i / period % 2 == 0 ? result.first : result.second;
    sum[i % period % extent.channels] += partial[i];
  }
  return result;
}

}  // namespace

Moments moments(const at::Tensor& x) {
  const Extent extent(x);
  // Shifted by the first pixel: squares of values far from zero would cancel in the variance.
  PerChannel<float> first_pixel(extent.channels);
  DoubleSums around;
  visit_type(x, [&]<typename T>(T) {
    const T* in = values<T>(x);
    read(in, extent.channels, first_pixel.data());
    const auto shift = repeated(first_pixel, extent.period);
    around = sums(extent, [&](int64_t first, int64_t count, ChannelSums to) {
      add_moments(in + first, shift.data(), to, count, extent.period);
    });
  });
  const int64_t count = extent.count / extent.channels;
  const auto pixels = static_cast<double>(count);
  Moments result{std::move(around.first), std::move(around.second)};
  for (int64_t c = 0; c < extent.channels; ++c) {
    const double mean = result.mean[c] / pixels;
    result.mean[c] = first_pixel[c] + mean;
    const double variance = result.variance[c] / pixels - mean * mean;
    // Rounding may make it negative; NaN stays NaN.
    result.variance[c] = variance < 0 ? 0 : variance;
  }
  return result;
}

at::Tensor activate(const at::Tensor& x, const at::Tensor& residual, const PerChannel<float>& scale,
                    const PerChannel<float>& shift) {
  const Extent extent(x);
  const auto scales = repeated(scale, extent.period);
  const auto shifts = repeated(shift, extent.period);
  at::Tensor y = at::empty_like(x);
  visit_type(x, [&]<typename T>(T) {
    const Activation<T> all{values<T>(x), values<T>(residual), values<T>(y)};
    extent.for_each([&](int64_t first, int64_t count) {
      activate({all.x + first, at_value(all.residual, first), all.y + first},
               {scales.data(), shifts.data()}, count, extent.period);
    });
  });
  return y;
}

GradientSums gradient_sums(const GradientSource& from, const PerChannel<float>& mean,
                           const at::Tensor& g) {
  const Extent extent(from.x);
  const auto means = repeated(mean, extent.period);
  DoubleSums result;
  visit_type(from.x, [&]<typename T>(T) {
    const Gradient<T> all{values<T>(from.dy), values<T>(from.y), values<T>(from.x)};
    T* kept = values<T>(g);
    result = sums(extent, [&](int64_t first, int64_t count, ChannelSums to) {
      add_gradients({all.dy + first, all.y + first, all.x + first}, means.data(),
                    at_value(kept, first), to, count, extent.period);
    });
  });
  return {std::move(result.first), std::move(result.second)};
}

at::Tensor propagate(const GradientSource& from, const InputGradientFactors& factors) {
  const Extent extent(from.x);
  const auto mean = repeated(factors.mean, extent.period);
  const auto scale = repeated(factors.scale, extent.period);
  const auto slope = repeated(factors.slope, extent.period);
  const auto shift = repeated(factors.shift, extent.period);
  at::Tensor dx = at::empty_like(from.x);
  visit_type(from.x, [&]<typename T>(T) {
    const Gradient<T> all{values<T>(from.dy), values<T>(from.y), values<T>(from.x)};
    T* to = values<T>(dx);
    extent.for_each([&](int64_t first, int64_t count) {
      propagate({all.dy + first, at_value(all.y, first), all.x + first}, to + first,
                {mean.data(), scale.data(), slope.data(), shift.data()}, count, extent.period);
    });
  });
  return dx;
}

}  // namespace sla::nn::detail
