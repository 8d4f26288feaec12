#include "sla/loss.h"

#include <ATen/TensorOperators.h>

#include <utility>

namespace sla {

Loss::Loss(at::Tensor mean, at::Tensor weight) {
  terms.push_back({"", std::move(mean), std::move(weight)});
}

at::Tensor Loss::total() const {
  at::Tensor sum = terms.at(0).mean;
  for (size_t i = 1; i < terms.size(); ++i) sum = sum + terms[i].mean;
  return sum;
}

}  // namespace sla
