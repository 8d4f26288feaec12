#pragma once

#include <cstdint>

#include "sla/nn/detail/winograd_kernels.h"
#include "sla/nn/detail/winograd_tiles.h"
#include "sla/nn/detail/winograd_transforms.h"

/// Tiles of activations to the points of Winograd's algorithm, one at a time.
namespace sla::nn::detail {

namespace {

SLA_INLINE Vector relu(Vector v) { return Vector{} > v ? Vector{} : v; }  // keeps NaN

template <bool IsActivated, typename T>
SLA_INLINE Vector activated(const T* x, Vector scale, Vector shift) {
  const Vector v = load(x);
  return IsActivated ? relu(v * scale + shift) : v;
}

template <bool IsActivated, typename T>
SLA_INLINE void transform_input(const Surroundings<T>& around, const Activated<T>& input,
                                Range range, float* points) {
  const int64_t stride = point_stride(range.width());
  for (int64_t c = range.first; c < range.last; c += kLanes) {
    const Vector scale = IsActivated ? load(input.scale + c) : Vector{};
    const Vector shift = IsActivated ? load(input.shift + c) : Vector{};
    Vector half[6][6];
    for (int64_t x = 0; x < 6; ++x) {
      Vector column[6];
      Vector transformed[6];
      for (int64_t y = 0; y < 6; ++y) {
        const T* pixel = around.pixels[y][x];
        column[y] = pixel == nullptr ? Vector{} : activated<IsActivated>(pixel + c, scale, shift);
      }
      image_to_points(column, transformed);
      for (int64_t y = 0; y < 6; ++y) half[y][x] = transformed[y];
    }
    for (int64_t y = 0; y < 6; ++y) {
      Vector transformed[6];
      image_to_points(half[y], transformed);
      for (int64_t x = 0; x < 6; ++x) {
        store(transformed[x], points + (6 * y + x) * stride + c - range.first);
      }
    }
  }
}

/// A tile of inputs to the points.
template <typename T>
void transform_input(const Grid& grid, const Activated<T>& input, int64_t tile, Range range,
                     float* points) {
  const Tile at(grid, tile, input.channels, input.step);
  at.template prefetch_below<false>(input.x);
  const Surroundings<T> around(grid, at, input.x);
  if (input.scale != nullptr) {
    transform_input<true>(around, input, range, points);
  } else {
    transform_input<false>(around, input, range, points);
  }
}

/// A tile of the outputs' gradients to the points.
template <typename T>
void transform_gradient(const Grid& grid, const Activated<T>& dy, int64_t tile, float* points) {
  const int64_t stride = point_stride(dy.channels);
  const Tile at(grid, tile, dy.channels, dy.step);
  at.template prefetch_below<false>(dy.x);
  for (int64_t c = 0; c < dy.channels; c += kLanes) {
    Vector half[6][4];
    for (int64_t x = 0; x < 4; ++x) {
      Vector column[4];
      Vector transformed[6];
      for (int64_t y = 0; y < 4; ++y) {
        const bool exists = y < at.rows && x < at.columns && y % at.step == 0 && x % at.step == 0;
        column[y] = exists ? load(dy.x + at.index(y, x) + c) : Vector{};
      }
      outputs_to_points(column, transformed);
      for (int64_t y = 0; y < 6; ++y) half[y][x] = transformed[y];
    }
    for (int64_t y = 0; y < 6; ++y) {
      Vector transformed[6];
      outputs_to_points(half[y], transformed);
      for (int64_t x = 0; x < 6; ++x) store(transformed[x], points + (6 * y + x) * stride + c);
    }
  }
}

}  // namespace

}  // namespace sla::nn::detail
