#pragma once

#include <cstdint>

#include "sla/nn/detail/winograd_kernels.h"
#include "sla/nn/detail/winograd_tiles.h"
#include "sla/nn/detail/winograd_transforms.h"

/// Tiles from the points of Winograd's algorithm to activations, one at a time.
namespace sla::nn::detail {

namespace {

template <bool IsGated, typename T>
SLA_INLINE void transform_output(const Convolving<T>& job, int64_t tile, const float* points) {
  const int64_t stride = point_stride(job.out);
  const Tile at(job.grid, tile, job.out, job.step);
  at.template prefetch_below<true>(job.y);
  if (IsGated) at.template prefetch_below<false>(job.gate.at.x);
  for (int64_t c = 0; c < job.out; c += kLanes) {
    Vector half[4][6];
    for (int64_t x = 0; x < 6; ++x) {
      Vector column[6];
      Vector outputs[4];
      for (int64_t y = 0; y < 6; ++y) column[y] = load(points + (6 * y + x) * stride + c);
      points_to_outputs(column, outputs);
      for (int64_t y = 0; y < 4; ++y) half[y][x] = outputs[y];
    }
    Vector sum = IsGated ? load(job.gate.sum + c) : Vector{};
    Vector product = IsGated ? load(job.gate.product + c) : Vector{};
    for (int64_t y = 0; y < at.rows; y += job.step) {
      Vector outputs[4];
      points_to_outputs(half[y], outputs);
      for (int64_t x = 0; x < at.columns; x += job.step) {
        const int64_t index = at.index(y, x) + c;
        Vector value = outputs[x];
        if (IsGated) {
          const Gate<T>& gate = job.gate;
          const Vector before = load(gate.at.x + index);
          const Vector argument = before * load(gate.at.scale + c) + load(gate.at.shift + c);
          // NaN passes, as in ReLU's own gradient.
          value = argument <= Vector{} ? Vector{} : value;
          sum += value;
          product += value * (before - load(gate.mean + c));
        }
        store(value, job.y + index);
      }
    }
    if (IsGated) {
      store(sum, job.gate.sum + c);
      store(product, job.gate.product + c);
    }
  }
}

}  // namespace

}  // namespace sla::nn::detail
