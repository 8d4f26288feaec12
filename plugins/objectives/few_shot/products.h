#pragma once

#include <ATen/core/Tensor.h>

namespace few_shot {

/// Products a b^T of batches of matrices, [E, m, d] and [E, n, d] to [E, m, n], float32 or float64.
/// Differentiable once. Never synchronises with the GPU.
at::Tensor products(const at::Tensor& a, const at::Tensor& b);

}  // namespace few_shot
