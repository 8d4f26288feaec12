#pragma once

#include <ATen/core/Tensor.h>

namespace few_shot {

/// The inverses [E, C, n, n] of matrices[e] + diag(diagonals[e, c]), which are symmetric and
/// positive definite, for `matrices` [E, n, n] and `diagonals` [E, C, n], float64. Never
/// synchronises with the GPU.
at::Tensor inverses(const at::Tensor& matrices, const at::Tensor& diagonals);

}  // namespace few_shot
