#pragma once

#include <ATen/core/Tensor.h>

#include "sla/nn/detail/batch_norm_passes.h"

/// 3x3 convolutions with stride 1 or 2 and padding 1 by kernels of our own, on all threads.
/// Activations are [R, C, H, W], channels_last, float32 or bfloat16; weights float32,
/// channels_last. Results do not depend on the number of threads. For what can_convolve() accepts.
namespace sla::nn::detail {

/// relu(scale * x + shift), computed as it is read; x itself without scale and shift.
struct ConvolutionInput {
  at::Tensor x;
  PerChannel<float> scale;
  PerChannel<float> shift;
};

at::Tensor convolve(const ConvolutionInput& input, const at::Tensor& weight, int64_t stride);

/// The gradient of x, an input without scale and shift.
at::Tensor input_gradient(const at::Tensor& x, const at::Tensor& dy, const at::Tensor& weight,
                          int64_t stride);

/// The gradient of scale * x + shift, and its sums over all pixels.
struct GatedGradient {
  at::Tensor g;
  GradientSums sums;
};
GatedGradient gated_input_gradient(const ConvolutionInput& input, const PerChannel<float>& mean,
                                   const at::Tensor& dy, const at::Tensor& weight, int64_t stride);

/// The gradient of `weight`.
at::Tensor weight_gradient(const ConvolutionInput& input, const at::Tensor& dy,
                           const at::Tensor& weight, int64_t stride);

}  // namespace sla::nn::detail
