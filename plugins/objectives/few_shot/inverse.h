#pragma once

#include <ATen/core/Tensor.h>

namespace few_shot {

/// The inverses of symmetric positive definite matrices [..., n, n], float64. Never synchronises
/// with the GPU.
at::Tensor inverses(const at::Tensor& matrices);

}  // namespace few_shot
