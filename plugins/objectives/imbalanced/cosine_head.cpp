#include "cosine_head.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/norm.h>

namespace imbalanced {

namespace {

constexpr double kLeastNorm = 1e-12;

at::Tensor unit_rows(const at::Tensor& rows) {
  return rows / rows.norm(/*p=*/2, /*dim=*/1, /*keepdim=*/true).clamp_min(kLeastNorm);
}

}  // namespace

CosineHead::CosineHead(int64_t feature_size, int64_t outputs) {
  weight_ =
      register_parameter("weight", unit_rows(at::empty({outputs, feature_size}).uniform_(-1, 1)));
}

at::Tensor CosineHead::forward(const at::Tensor& features) {
  return at::linear(unit_rows(features), unit_rows(weight_));
}

}  // namespace imbalanced
