#pragma once

#include <cstdint>

#include "sla/nn/detail/bfloat.h"

/// The inner loops of the fused batch normalisation, single-threaded, over a contiguous piece of
/// activations: `count` values, starting at a pixel's first channel. The channels of a pixel are
/// adjacent, and a table holds one number per channel, repeated to `period` values, a multiple of
/// both the number of channels and kStrip, so the loops run over strips of a fixed length for any
/// number of channels.
namespace sla::nn::detail {

inline constexpr int64_t kStrip = 64;

void read(const float* from, int64_t count, float* to);
void read(const Bfloat* from, int64_t count, float* to);

/// A piece's contribution to two sums per channel.
struct ChannelSums {
  float* first;
  float* second;
};

/// Adds x - shift and its square.
void add_moments(const float* x, const float* shift, ChannelSums sums, int64_t count,
                 int64_t period);
void add_moments(const Bfloat* x, const float* shift, ChannelSums sums, int64_t count,
                 int64_t period);

/// y = relu(scale * x + shift + residual); no residual if null.
template <typename T>
struct Activation {
  const T* x;
  const T* residual;
  T* y;
};
struct Affine {
  const float* scale;
  const float* shift;
};
void activate(Activation<float> at, Affine tables, int64_t count, int64_t period);
void activate(Activation<Bfloat> at, Affine tables, int64_t count, int64_t period);

/// The gradient of y, and the forward pass's output and input. If y is null, dy already is g.
template <typename T>
struct Gradient {
  const T* dy;
  const T* y;
  const T* x;
};

/// Adds g and g * (x - mean), with g = dy where y > 0, else 0; writes g unless `g` is null.
void add_gradients(Gradient<float> at, const float* mean, float* g, ChannelSums sums, int64_t count,
                   int64_t period);
void add_gradients(Gradient<Bfloat> at, const float* mean, Bfloat* g, ChannelSums sums,
                   int64_t count, int64_t period);

/// dx = scale * g + slope * (x - mean) + shift.
struct InputGradientTables {
  const float* mean;
  const float* scale;
  const float* slope;
  const float* shift;
};
void propagate(Gradient<float> at, float* dx, InputGradientTables tables, int64_t count,
               int64_t period);
void propagate(Gradient<Bfloat> at, Bfloat* dx, InputGradientTables tables, int64_t count,
               int64_t period);

}  // namespace sla::nn::detail
