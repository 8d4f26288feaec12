#include "resample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace image_folder {

namespace {

constexpr int kRgb = 3;
/// Weights are multiples of 2^-14: with bicubic's negative ones they fit into 16 bits.
constexpr int kBits = 14;
constexpr int kOne = 1 << kBits;
constexpr int kHalf = kOne / 2;

double half_width(Filter filter) { return filter == Filter::bilinear ? 1 : 2; }

double weight(Filter filter, double x) {
  x = std::abs(x);
  if (filter == Filter::bilinear) return std::max(0.0, 1 - x);
  constexpr double a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/// The source pixels under one output pixel, and their weights, which add up to kOne.
struct Tap {
  int first;
  std::span<const int16_t> weights;
};

struct Reach {
  int first;
  int end;
};

Reach reach_of(const Axis& axis, Filter filter, int i) {
  const double support = half_width(filter) * std::max(1.0, axis.step);
  const double centre = axis.first + (i + 0.5) * axis.step;
  // At least one pixel, even if rounding puts the centre outside.
  const int first = std::clamp(static_cast<int>(centre - support + 0.5), axis.low, axis.high - 1);
  const int end = std::clamp(static_cast<int>(centre + support + 0.5), first + 1, axis.high);
  return {first, end};
}

/// The taps of all output pixels of an axis.
class Taps {
 public:
  Taps(const Axis& axis, Filter filter) {
    for (int i = 0; i < axis.count; ++i) add(axis, filter, i);
  }

  Tap operator[](int i) const {
    const auto [first, begin, size] = places_[static_cast<size_t>(i)];
    return {first, {weights_.data() + begin, size}};
  }

 private:
  struct Place {
    int first;
    size_t begin;
    size_t size;
  };

  void add(const Axis& axis, Filter filter, int i) {
    const auto [first, end] = reach_of(axis, filter, i);
    const double shrink = 1 / std::max(1.0, axis.step);
    const double centre = axis.first + (i + 0.5) * axis.step;
    exact_.clear();
    for (int x = first; x < end; ++x) {
      exact_.push_back(weight(filter, (x - centre + 0.5) * shrink));
    }
    const double sum = std::accumulate(exact_.begin(), exact_.end(), 0.0);
    const auto begin = static_cast<std::ptrdiff_t>(weights_.size());
    int left_over = kOne;
    for (const double w : exact_) {
      weights_.push_back(static_cast<int16_t>(std::lround(w / sum * kOne)));
      left_over -= weights_.back();
    }
    // The largest weight takes what rounding left over, so that even areas stay even.
    *std::max_element(weights_.begin() + begin, weights_.end()) += static_cast<int16_t>(left_over);
    places_.push_back({first, static_cast<size_t>(begin), exact_.size()});
  }

  std::vector<Place> places_;
  std::vector<int16_t> weights_;
  std::vector<double> exact_;  // of the pixel being added
};

uint8_t to_byte(int32_t sum) { return static_cast<uint8_t>(std::clamp(sum >> kBits, 0, 255)); }

/// The weighted sum of rows `stride` bytes apart. Two at a time, in loops that compilers vectorise.
void sum_rows(const uint8_t* bytes, size_t stride, std::span<const int16_t> weights,
              std::vector<int32_t>& sums) {
  std::fill(sums.begin(), sums.end(), kHalf);
  int32_t* __restrict sum = sums.data();
  size_t i = 0;
  for (; i + 1 < weights.size(); i += 2) {
    const uint8_t* __restrict upper = bytes + i * stride;
    const uint8_t* __restrict lower = upper + stride;
    const int16_t w = weights[i];
    const int16_t v = weights[i + 1];
    for (size_t x = 0; x < sums.size(); ++x) {
      sum[x] += static_cast<int16_t>(upper[x]) * w + static_cast<int16_t>(lower[x]) * v;
    }
  }
  if (i == weights.size()) return;
  const uint8_t* __restrict last = bytes + i * stride;
  for (size_t x = 0; x < sums.size(); ++x) sum[x] += static_cast<int16_t>(last[x]) * weights[i];
}

}  // namespace

Axis Axis::mirrored(int length) const {
  return {length - (first + count * step), step, count, length - high, length - low};
}

Axis Axis::reduced(int reduction) const {
  return {first / reduction, step / reduction, count, low / reduction,
          (high + reduction - 1) / reduction};
}

Window window_of(const Axis& horizontal, const Axis& vertical, Filter filter) {
  const int left = reach_of(horizontal, filter, 0).first;
  const int top = reach_of(vertical, filter, 0).first;
  return {left, top, reach_of(horizontal, filter, horizontal.count - 1).end - left,
          reach_of(vertical, filter, vertical.count - 1).end - top};
}

void resample(const Pixels& source, const Axis& horizontal, const Axis& vertical, Filter filter,
              const Layout& layout) {
  const Taps columns(horizontal, filter);
  const Taps rows(vertical, filter);
  const Window used = window_of(horizontal, vertical, filter);
  const size_t stride = static_cast<size_t>(source.place.width) * kRgb;
  const uint8_t* corner =
      source.rgb.data() + kRgb * static_cast<ptrdiff_t>(used.left - source.place.left);

  std::vector<int32_t> sums(static_cast<size_t>(used.width) * kRgb);
  std::vector<uint8_t> row(sums.size());
  for (int y = 0; y < vertical.count; ++y) {
    // Down first: these loops are the fast ones, and leave few rows for the others.
    const Tap tap = rows[y];
    sum_rows(corner + static_cast<size_t>(tap.first - source.place.top) * stride, stride,
             tap.weights, sums);
    std::transform(sums.begin(), sums.end(), row.begin(), &to_byte);

    uint8_t* out = layout.first + y * layout.down;
    for (int x = 0; x < horizontal.count; ++x, out += layout.right) {
      const Tap column = columns[x];
      const uint8_t* rgb = row.data() + kRgb * static_cast<ptrdiff_t>(column.first - used.left);
      int32_t red = kHalf;
      int32_t green = kHalf;
      int32_t blue = kHalf;
      for (const int16_t w : column.weights) {
        red += w * rgb[0];
        green += w * rgb[1];
        blue += w * rgb[2];
        rgb += kRgb;
      }
      out[0] = to_byte(red);
      out[layout.plane] = to_byte(green);
      out[2 * layout.plane] = to_byte(blue);
    }
  }
}

}  // namespace image_folder
