#include "resample.h"

#include <ATen/Dispatch.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

namespace random_resized_crop {

namespace {

double triangle(double x) { return std::max(0.0, 1 - std::abs(x)); }

/// Keys, "Cubic convolution interpolation for digital image processing", 1981, equation 15
/// (a = -1/2).
double cubic(double x) {
  x = std::abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

/// The weighted pixels that make one pixel of the result: from `first`, weights `begin` to `end`.
struct Taps {
  int64_t first;
  size_t begin, end;
};

/// How a side of the box becomes a side of the result.
template <typename Real>
struct Filter {
  std::vector<Taps> taps;
  std::vector<Real> weights;
};

template <typename Real>
Filter<Real> filter(int64_t from, int64_t to, Interpolation interpolation) {
  const bool linear = interpolation == Interpolation::bilinear;
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double stretch = std::max(1.0, scale);
  const double support = (linear ? 1 : 2) * stretch;
  Filter<Real> filter;
  for (int64_t i = 0; i < to; ++i) {
    const double centre = scale * (static_cast<double>(i) + 0.5);
    // Truncated, as torchvision does it.
    // NOLINTBEGIN(bugprone-incorrect-roundings)
    const auto first = std::max<int64_t>(0, static_cast<int64_t>(centre - support + 0.5));
    const auto end = std::min(from, static_cast<int64_t>(centre + support + 0.5));
    // NOLINTEND(bugprone-incorrect-roundings)
    const size_t begin = filter.weights.size();
    double sum = 0;
    for (int64_t pixel = first; pixel < end; ++pixel) {
      const double x = (static_cast<double>(pixel) + 0.5 - centre) / stretch;
      const double weight = linear ? triangle(x) : cubic(x);
      filter.weights.push_back(static_cast<Real>(weight));
      sum += weight;
    }
    for (size_t k = begin; k < filter.weights.size(); ++k) {
      filter.weights[k] /= static_cast<Real>(sum);
    }
    filter.taps.push_back({first, begin, filter.weights.size()});
  }
  return filter;
}

/// A weighted sum as a pixel.
template <typename T, typename Real>
T pixel(Real value) {
  if constexpr (std::is_same_v<T, uint8_t>) {
    return static_cast<T>(std::clamp(static_cast<int>(value + Real(0.5)), 0, 255));
  } else {
    return std::clamp<Real>(value, 0, 1);
  }
}

/// Scales rows that are `stride` apart to `out`, one directly after another.
template <typename T, typename Real>
void scale_rows(const T* row, int64_t rows, int64_t stride, const Filter<Real>& filter, T* out) {
  for (int64_t y = 0; y < rows; ++y, row += stride) {
    for (const Taps& taps : filter.taps) {
      const T* source = row + taps.first;
      Real sum = 0;
      for (size_t k = taps.begin; k < taps.end; ++k) {
        sum += filter.weights[k] * static_cast<Real>(*source++);
      }
      *out++ = pixel<T>(sum);
    }
  }
}

/// Scales columns of adjacent rows of `width` pixels.
template <typename T, typename Real>
void scale_columns(const T* rows, int64_t width, const Filter<Real>& filter, T* out) {
  std::vector<Real> sums(static_cast<size_t>(width));
  Real* sum = sums.data();
  for (const Taps& taps : filter.taps) {
    std::fill_n(sum, width, Real{0});
    const T* row = rows + taps.first * width;
    for (size_t k = taps.begin; k < taps.end; ++k, row += width) {
      const Real weight = filter.weights[k];
      for (int64_t x = 0; x < width; ++x) sum[x] += weight * static_cast<Real>(row[x]);
    }
    for (int64_t x = 0; x < width; ++x) *out++ = pixel<T>(sum[x]);
  }
}

}  // namespace

at::Tensor scaled(const at::Tensor& image, const sla::Rectangle& box, Interpolation interpolation) {
  const int64_t height = image.size(1);
  const int64_t width = image.size(2);
  at::Tensor result = at::empty_like(image);
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "random_resized_crop", [&] {
    using Real = std::conditional_t<std::is_same_v<scalar_t, uint8_t>, float, scalar_t>;
    const auto down = filter<Real>(box.height, height, interpolation);
    const auto right = filter<Real>(box.width, width, interpolation);
    std::vector<scalar_t> rows(static_cast<size_t>(box.height * width));
    const auto* in = image.data_ptr<scalar_t>() + box.top * width + box.left;
    auto* out = result.data_ptr<scalar_t>();
    for (int64_t c = 0; c < image.size(0); ++c, in += height * width, out += height * width) {
      scale_rows(in, box.height, width, right, rows.data());
      scale_columns(rows.data(), width, down, out);
    }
  });
  return result;
}

}  // namespace random_resized_crop
