#pragma once

#include <ATen/core/Tensor.h>

namespace sla::nn::detail {

struct BatchNormState {
  at::Tensor weight;
  at::Tensor bias;
  at::Tensor running_mean;
  at::Tensor running_var;
  double momentum;
  double epsilon;
};

/// Whether fused_batch_norm() supports these; `residual` may be undefined.
bool can_fuse_batch_norm(const at::Tensor& x, const at::Tensor& residual,
                         const BatchNormState& state);

/// relu(norm(x) + residual) with the batch's statistics; also updates the running statistics.
/// Differentiable once.
at::Tensor fused_batch_norm(const at::Tensor& x, const at::Tensor& residual,
                            const BatchNormState& state);

}  // namespace sla::nn::detail
