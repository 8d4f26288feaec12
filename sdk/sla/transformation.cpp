#include "sla/transformation.h"

#include <ATen/ops/empty.h>

#include <string>

#include "sla/describe.h"
#include "sla/error.h"

namespace sla {

at::Tensor Transformation::apply(const at::Tensor& images) const {
  const int64_t transformations = count();
  const auto expanded =
      at::empty({images.size(0), transformations, images.size(1), images.size(2), images.size(3)},
                images.options());
  for (int64_t j = 0; j < transformations; ++j) {
    const at::Tensor seen = view(images, j);
    if (!seen.defined() || seen.sizes() != images.sizes() ||
        seen.scalar_type() != images.scalar_type() || seen.device() != images.device()) {
      throw Error("view(" + std::to_string(j) + ") returned " + describe(seen) + "; expected " +
                  describe(images) + " on the device of the images");
    }
    expanded.select(/*dim=*/1, j).copy_(seen);
  }
  return expanded.flatten(/*start_dim=*/0, /*end_dim=*/1);
}

}  // namespace sla
