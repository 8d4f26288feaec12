#pragma once

#include <ATen/core/Tensor.h>

#include "sla/nn/detail/normalisation.h"

namespace sla::nn::detail {

/// The 3x3 convolution of `x` by kernels of our own; see can_convolve(). Differentiable once.
at::Tensor own_convolution(const at::Tensor& x, const at::Tensor& weight, int64_t stride);

/// The same of relu(norm(x)) with the batch's statistics, without writing or keeping relu(norm(x));
/// also updates the running statistics. For x, weight and state that can_convolve() and
/// can_normalise() accept. Differentiable once.
at::Tensor own_convolution_of_norm(const at::Tensor& x, const at::Tensor& weight, int64_t stride,
                                   const BatchNormState& state);

struct Geometry {
  int64_t stride;
  int64_t padding;
  int64_t groups;
};

/// The convolution of relu(norm(x)) with the batch's statistics by LibTorch's kernels, computed in
/// the weight's type. relu(norm(x)) is not kept: the backward pass computes it once more. Also
/// updates the running statistics. For x and state that can_normalise() accepts. Differentiable
/// once.
at::Tensor libtorch_convolution_of_norm(const at::Tensor& x, const at::Tensor& weight,
                                        const Geometry& geometry, const BatchNormState& state);

}  // namespace sla::nn::detail
