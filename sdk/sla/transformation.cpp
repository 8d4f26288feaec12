#include "sla/transformation.h"

#include <ATen/ops/empty.h>

namespace sla {

at::Tensor Transformation::apply(const at::Tensor& images) const {
  const int64_t transformations = count();
  const auto expanded =
      at::empty({images.size(0), transformations, images.size(1), images.size(2), images.size(3)},
                images.options());
  for (int64_t j = 0; j < transformations; ++j) {
    expanded.select(/*dim=*/1, j).copy_(view(images, j));
  }
  return expanded.flatten(/*start_dim=*/0, /*end_dim=*/1);
}

}  // namespace sla
