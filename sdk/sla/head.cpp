#include "sla/head.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include <cmath>

namespace sla {

LinearHead::LinearHead(int64_t feature_size, int64_t outputs) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(feature_size));
  weight_ =
      register_parameter("weight", at::empty({outputs, feature_size}).uniform_(-bound, bound));
  bias_ = register_parameter("bias", at::empty({outputs}).uniform_(-bound, bound));
}

at::Tensor LinearHead::forward(const at::Tensor& features) {
  return at::linear(features, weight_, bias_);
}

}  // namespace sla
