#include "sla/nn/detail/winograd_weights.h"

#include "sla/nn/detail/winograd_kernels.h"
#include "sla/nn/detail/winograd_transforms.h"

namespace sla::nn::detail {

namespace {

/// The filters of adjacent inputs, one in each lane, taps `tap_step` apart, at all points.
SLA_INLINE void filters_to_points(const float* first_tap, int64_t tap_step, Vector points[36]) {
  Vector half[6][3];
  for (int64_t x = 0; x < 3; ++x) {
    Vector column[3];
    Vector transformed[6];
    for (int64_t y = 0; y < 3; ++y) column[y] = load(first_tap + (3 * y + x) * tap_step);
    filter_to_points(column, transformed);
    for (int64_t y = 0; y < 6; ++y) half[y][x] = transformed[y];
  }
  for (int64_t y = 0; y < 6; ++y) filter_to_points(half[y], points + 6 * y);
}

}  // namespace

void transform_weights(const float* weights, int64_t in, int64_t out, int64_t first_out,
                       float* to) {
  for (int64_t c = 0; c < in; c += kLanes) {
    for (int64_t o = 0; o < kPanel; ++o) {
      Vector points[kPoints];
      filters_to_points(weights + (first_out + o) * 9 * in + c, in, points);
      for (int64_t p = 0; p < kPoints; ++p) {
        float* panel = to + (p * out + first_out) * in;
        for (int64_t lane = 0; lane < kLanes; ++lane) {
          panel[(c + lane) * kPanel + o] = points[p][lane];
        }
      }
    }
  }
}

void transform_weights_back(const float* weights, int64_t in, int64_t out, int64_t first_in,
                            float* to) {
  for (int64_t o = 0; o < out; ++o) {
    for (int64_t c = 0; c < kPanel; c += kLanes) {
      Vector points[kPoints];
      // From the last tap to the first: turned by 180 degrees.
      filters_to_points(weights + (o * 9 + 8) * in + first_in + c, -in, points);
      for (int64_t p = 0; p < kPoints; ++p) {
        store(points[p], to + (p * in + first_in) * out + o * kPanel + c);
      }
    }
  }
}

void gather_weights(const float* gradients, int64_t count, int64_t stride, int64_t in, int64_t out,
                    int64_t o, float* to) {
  for (int64_t c = 0; c < in; c += kLanes) {
    const int64_t panel = c / kPanel * kPanel;
    Vector half[3][6];
    for (int64_t x = 0; x < 6; ++x) {
      Vector column[6];
      for (int64_t y = 0; y < 6; ++y) {
        const float* summand =
            gradients + ((6 * y + x) * in + panel) * out + o * kPanel + c - panel;
        column[y] = load(summand);
        for (int64_t i = 1; i < count; ++i) column[y] += load(summand + i * stride);
      }
      Vector taps[3];
      points_to_filter(column, taps);
      for (int64_t y = 0; y < 3; ++y) half[y][x] = taps[y];
    }
    for (int64_t y = 0; y < 3; ++y) {
      Vector taps[3];
      points_to_filter(half[y], taps);
      for (int64_t x = 0; x < 3; ++x) store(taps[x], to + (3 * y + x) * in + c);
    }
  }
}

}  // namespace sla::nn::detail
