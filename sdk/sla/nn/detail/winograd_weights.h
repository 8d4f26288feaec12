#pragma once

#include <cstdint>

/// Weights to the points of Winograd's algorithm and back, single-threaded. Call them only if
/// can_convolve().
namespace sla::nn::detail {

/// Weights [out, 3, 3, in] to [36, out / 16, in, 16], of 16 outputs from `first_out`.
void transform_weights(const float* weights, int64_t in, int64_t out, int64_t first_out, float* to);

/// The weights of the convolution that maps dy to dx: [36, in / 16, out, 16], of 16 inputs from
/// `first_in`.
void transform_weights_back(const float* weights, int64_t in, int64_t out, int64_t first_in,
                            float* to);

/// The gradient [3, 3, in] of output `o` from `count` gradients of transformed weights, as weigh()
/// leaves them, `stride` values apart, added up in order.
void gather_weights(const float* gradients, int64_t count, int64_t stride, int64_t in, int64_t out,
                    int64_t o, float* to);

}  // namespace sla::nn::detail
