#pragma once

#include <ATen/core/Tensor.h>

namespace few_shot {

/// The inverses [E, C, n, n] of positive definite matrices, the sums of symmetric `matrices` [E, n,
/// n] and diagonal ones with `diagonals` [E, C, n]; float64. Never synchronises with the GPU.
at::Tensor inverses(const at::Tensor& matrices, const at::Tensor& diagonals);

}  // namespace few_shot
