#pragma once

#include <ATen/core/Tensor.h>

#include "sla/nn/detail/normalisation.h"

namespace sla::nn::detail {

/// Whether `residual` has the shape, type and layout of the activations x, or is undefined.
bool is_like(const at::Tensor& residual, const at::Tensor& x);

/// relu(norm(x) + residual) with the batch's statistics; also updates the running statistics.
/// For what
/// can_normalise() and is_like() accept. Differentiable once.
at::Tensor fused_batch_norm(const at::Tensor& x, const at::Tensor& residual,
                            const BatchNormState& state);

}  // namespace sla::nn::detail
