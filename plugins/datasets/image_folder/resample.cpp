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

/// Which source pixels each output pixel of an axis is made of, and their weights, which add up to
/// kOne. All have the same number of them, some of weight 0, which keeps loops simple and fast.
class Taps {
 public:
  Taps(const Axis& axis, Filter filter) {
    size_ = 1;
    for (int i = 0; i < axis.count; ++i) {
      const auto [first, end] = reach_of(axis, filter, i);
      size_ = std::max(size_, end - first);
    }
    exact_.resize(static_cast<size_t>(size_));
    for (int i = 0; i < axis.count; ++i) add(axis, filter, i);
  }

  int first(int i) const { return first_[static_cast<size_t>(i)]; }
  std::span<const int16_t> weights(int i) const {
    return {weights_.data() + static_cast<ptrdiff_t>(i) * size_, static_cast<size_t>(size_)};
  }

 private:
  void add(const Axis& axis, Filter filter, int i) {
    const int first = std::min(reach_of(axis, filter, i).first, axis.high - size_);
    const double shrink = 1 / std::max(1.0, axis.step);
    const double centre = axis.first + (i + 0.5) * axis.step;
    for (size_t x = 0; x < exact_.size(); ++x) {
      exact_[x] = weight(filter, (first + static_cast<double>(x) - centre + 0.5) * shrink);
    }
    const double sum = std::accumulate(exact_.begin(), exact_.end(), 0.0);
    int left_over = kOne;
    for (const double w : exact_) {
      weights_.push_back(static_cast<int16_t>(std::lround(w / sum * kOne)));
      left_over -= weights_.back();
    }
    // The largest weight takes what rounding left over, so that even areas stay even.
    *std::max_element(weights_.end() - size_, weights_.end()) += static_cast<int16_t>(left_over);
    first_.push_back(first);
  }

  int size_;
  std::vector<int> first_;
  std::vector<int16_t> weights_;
  std::vector<double> exact_;  // of the output pixel being added
};

/// The axis without source pixels outside a range, none of which it uses.
Axis clipped(Axis axis, int first, int length) {
  axis.low = std::max(axis.low, first);
  axis.high = std::min(axis.high, first + length);
  return axis;
}

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
  const Window& place = source.place;
  const Taps columns(clipped(horizontal, place.left, place.width), filter);
  const Taps rows(clipped(vertical, place.top, place.height), filter);
  const size_t stride = static_cast<size_t>(place.width) * kRgb;

  std::vector<int32_t> sums(stride);
  std::vector<uint8_t> row(stride);
  for (int y = 0; y < vertical.count; ++y) {
    // Down first: these loops are the fast ones, and leave few rows for the others.
    sum_rows(source.rgb.data() + static_cast<size_t>(rows.first(y) - place.top) * stride, stride,
             rows.weights(y), sums);
    std::transform(sums.begin(), sums.end(), row.begin(), &to_byte);

    uint8_t* out = layout.first + y * layout.down;
    for (int x = 0; x < horizontal.count; ++x, out += layout.right) {
      const uint8_t* rgb =
          row.data() + kRgb * static_cast<ptrdiff_t>(columns.first(x) - place.left);
      int32_t red = kHalf;
      int32_t green = kHalf;
      int32_t blue = kHalf;
      for (const int16_t w : columns.weights(x)) {
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
