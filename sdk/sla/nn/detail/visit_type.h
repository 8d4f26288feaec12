#pragma once

#include <ATen/core/Tensor.h>

#include "sla/nn/detail/bfloat.h"

namespace sla::nn::detail {

/// Calls visit with a value of the kernels' type for `x`, float32 or bfloat16.
template <typename Visit>
void visit_type(const at::Tensor& x, const Visit& visit) {
  if (x.scalar_type() == at::kFloat) return visit(float());
  visit(Bfloat());
}

}  // namespace sla::nn::detail
