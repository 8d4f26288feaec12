#pragma once

#include <cstdint>

#include "sla/nn/detail/bfloat.h"
#include "sla/nn/detail/inline.h"

/// Inner loops of 3x3 convolutions with padding 1 by Winograd's algorithm
/// F(4x4, 3x3), single-threaded. Activations are channels_last, float32 or bfloat16; everything
/// between is float32. A tile is 4x4 outputs and the 6x6 inputs around them; a transformed tile has
/// one value per channel at each of 36 points, where the convolution is a product of matrices.
/// Compiled for AVX2 (8 lanes) and AVX-512 (16 lanes), with the same results: call what the
/// processor has.
namespace sla::nn::detail {

inline constexpr int64_t kPoints = 36;
/// Tiles that are transformed before they are multiplied: as many as make transformed weights worth
/// fetching.
inline constexpr int64_t kTiles = 48;
/// Numbers of channels are multiples of it.
inline constexpr int64_t kPanel = 16;

/// Outputs [count, height, width] of a convolution with stride 1 in tiles, which are numbered along
/// rows, image after image.
struct Grid {
  int64_t count;
  int64_t height;
  int64_t width;
  SLA_INLINE int64_t rows() const { return (height + 3) / 4; }
  SLA_INLINE int64_t columns() const { return (width + 3) / 4; }
  SLA_INLINE int64_t tiles() const { return count * rows() * columns(); }
};

/// Activations relu(scale * x + shift), one scale and shift per channel; x itself if `scale` is
/// null. Only each `step`th pixel of the grid exists, the others are zero: step 2 makes a
/// convolution with stride 2 of one with stride 1.
template <typename T>
struct Activated {
  const T* x;
  int64_t channels;
  int64_t step = 1;
  const float* scale = nullptr;
  const float* shift = nullptr;
};

/// Turns a gradient dy of relu(scale * x + shift) into that of its argument, g, and adds g and
/// g * (x - mean) to two sums per channel.
template <typename T>
struct Gate {
  Activated<T> at;
  const float* mean;
  float* sum;
  float* product;
};

/// A convolution of `input` with transformed weights. Of its outputs y, each `step`th exists; the
/// gate applies to them if it has sums.
template <typename T>
struct Convolving {
  Grid grid;
  Activated<T> input;
  const float* weights;
  T* y;
  int64_t out;
  int64_t step = 1;
  Gate<T> gate = {};
};

/// Floats that the functions below need to work in.
SLA_INLINE int64_t workspace(int64_t in, int64_t out) {
  return kPoints * (kTiles * (in + out) + 32);
}

/// Tiles [first, last), at most kTiles.
template <int64_t Lanes, typename T>
void convolve(const Convolving<T>& job, int64_t first, int64_t last, float* work);

/// The gradient of the transformed weights, [36, in / 16, out, 16], of which inputs
/// [first_in, last_in) are written.
template <typename T>
struct Weighing {
  Grid grid;
  Activated<T> input;
  Activated<T> dy;
  float* gradient;
  int64_t first_in;
  int64_t last_in;
};

/// The sum over tiles [first, last), at least one.
template <int64_t Lanes, typename T>
void weigh(const Weighing<T>& job, int64_t first, int64_t last, float* work);

}  // namespace sla::nn::detail
