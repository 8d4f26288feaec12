#include "sla/draft/images/axis.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace sla::images {

namespace {

/// The weight 1; with bicubic's, which are negative or greater, weights fit into 16 bits.
constexpr int kOne = 1 << 14;

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

}  // namespace

Axis Axis::mirrored(int length) const {
  return {length - (first + count * step), step, count, length - high, length - low};
}

Axis Axis::reduced(int reduction) const {
  return {first / reduction, step / reduction, count, low / reduction,
          (high + reduction - 1) / reduction};
}

Axis Axis::clipped(int from, int length) const {
  return {first, step, count, std::max(low, from), std::min(high, from + length)};
}

Window window_of(const Axis& horizontal, const Axis& vertical, Filter filter) {
  const int left = reach_of(horizontal, filter, 0).first;
  const int top = reach_of(vertical, filter, 0).first;
  return {left, top, reach_of(horizontal, filter, horizontal.count - 1).end - left,
          reach_of(vertical, filter, vertical.count - 1).end - top};
}

Taps::Taps(const Axis& axis, Filter filter) {
  for (int i = 0; i < axis.count; ++i) {
    const auto [first, end] = reach_of(axis, filter, i);
    size_ = std::max(size_, end - first);
  }
  exact_.resize(static_cast<size_t>(size_));
  for (int i = 0; i < axis.count; ++i) add(axis, filter, i);
}

void Taps::add(const Axis& axis, Filter filter, int i) {
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

}  // namespace sla::images
