#include "tests/support/augmented.h"

#include <ATen/ops/arange.h>

#include "tests/support/assemblies.h"

namespace tests {

sla::Batch augmented(const std::string& augmentations, const at::Tensor& images,
                     const sla::BatchRandom& random) {
  const auto assembly =
      assembly_of("objective.plugin = 'baseline'\naugmentation = " + augmentations);
  sla::Batch batch{images.clone(), at::arange(images.size(0), at::kLong)};
  // The object alone: the wrapper requires images of the dataset's shape.
  for (size_t i = 0; i < assembly.augmentations.components().size(); ++i) {
    const auto& component = assembly.augmentations.components()[i];
    component.object()->apply(batch, random.child(static_cast<int64_t>(i)));
  }
  return batch;
}

sla::Batch augmented(const std::string& augmentations, const at::Tensor& images) {
  return augmented(augmentations, images,
                   sla::BatchRandom::whole(sla::RandomStream(3), images.size(0)));
}

}  // namespace tests
