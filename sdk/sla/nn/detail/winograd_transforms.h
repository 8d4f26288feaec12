#pragma once

#include "sla/nn/detail/vectors.h"

/// The one-dimensional transforms of Winograd's minimal filtering F(4, 3): four outputs of a filter
/// with three taps from six inputs and six products (Lavin and Gray, CVPR 2016). They work on
/// vectors of channels. Interpolation points: 0, +-1/sqrt(2), +-sqrt(2), infinity, whose
/// rounding errors are half those of the usual 0, +-1, +-2 (Barabasz et al., ACM TOMS 2020).
namespace sla::nn::detail {

namespace {

constexpr float kHalfRoot = 0.70710678118654752F;
constexpr float kRoot = 1.41421356237309505F;

/// The values at the points +-1/sqrt(2) and +-sqrt(2), from those of the even and odd powers.
SLA_INLINE void set_pairs(Vector even, Vector odd, Vector wide_even, Vector wide_odd,
                          Vector points[6]) {
  points[1] = even + odd;
  points[2] = even - odd;
  points[3] = wide_even + wide_odd;
  points[4] = wide_even - wide_odd;
}

/// Six values of an image to the points.
SLA_INLINE void image_to_points(const Vector d[6], Vector points[6]) {
  const Vector even = d[4] - 2.0F * d[2];
  const Vector odd = kHalfRoot * (d[3] - 2.0F * d[1]);
  const Vector wide_even = d[4] - 0.5F * d[2];
  const Vector wide_odd = kRoot * (d[3] - 0.5F * d[1]);
  points[0] = d[0] + d[4] - 2.5F * d[2];
  set_pairs(even, odd, wide_even, wide_odd, points);
  points[5] = d[5] + d[1] - 2.5F * d[3];
}

/// The points to four outputs.
SLA_INLINE void points_to_outputs(const Vector points[6], Vector y[4]) {
  const Vector sum = points[1] + points[2];
  const Vector difference = points[1] - points[2];
  const Vector wide_sum = points[3] + points[4];
  const Vector wide_difference = points[3] - points[4];
  y[0] = points[0] + sum + wide_sum;
  y[1] = kHalfRoot * difference + kRoot * wide_difference;
  y[2] = 0.5F * sum + 2.0F * wide_sum;
  y[3] = 0.5F * kHalfRoot * difference + 2.0F * kRoot * wide_difference + points[5];
}

/// The transpose of points_to_outputs: the outputs' gradients to the points.
SLA_INLINE void outputs_to_points(const Vector y[4], Vector points[6]) {
  const Vector even = y[0] + 0.5F * y[2];
  const Vector odd = kHalfRoot * y[1] + 0.5F * kHalfRoot * y[3];
  const Vector wide_even = y[0] + 2.0F * y[2];
  const Vector wide_odd = kRoot * y[1] + 2.0F * kRoot * y[3];
  points[0] = y[0];
  set_pairs(even, odd, wide_even, wide_odd, points);
  points[5] = y[3];
}

/// Three taps of a filter to the points.
SLA_INLINE void filter_to_points(const Vector g[3], Vector points[6]) {
  const Vector even = (-2.0F / 3) * g[0] + (-1.0F / 3) * g[2];
  const Vector odd = (-2.0F / 3 * kHalfRoot) * g[1];
  const Vector wide_even = (1.0F / 6) * g[0] + (1.0F / 3) * g[2];
  const Vector wide_odd = (1.0F / 6 * kRoot) * g[1];
  points[0] = g[0];
  set_pairs(even, odd, wide_even, wide_odd, points);
  points[5] = g[2];
}

/// The transpose of filter_to_points: the points' gradients to the filter's.
SLA_INLINE void points_to_filter(const Vector points[6], Vector g[3]) {
  const Vector sum = points[1] + points[2];
  const Vector wide_sum = points[3] + points[4];
  g[0] = points[0] + (-2.0F / 3) * sum + (1.0F / 6) * wide_sum;
  g[1] = (-2.0F / 3 * kHalfRoot) * (points[1] - points[2]) +
         (1.0F / 6 * kRoot) * (points[3] - points[4]);
  g[2] = points[5] + (-1.0F / 3) * sum + (1.0F / 3) * wide_sum;
}

}  // namespace

}  // namespace sla::nn::detail
