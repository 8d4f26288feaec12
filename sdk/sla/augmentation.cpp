#include "sla/augmentation.h"

#include "sla/describe.h"
#include "sla/error.h"

namespace sla {

void ImageAugmentation::apply(Batch& batch, const BatchRandom& random) const {
  for (int64_t b = 0; b < batch.images.size(0); ++b) {
    const at::Tensor image = batch.images.select(0, b);
    const at::Tensor augmented = augment(image, random.image(b));
    if (!augmented.defined() || augmented.sizes() != image.sizes() ||
        augmented.scalar_type() != image.scalar_type()) {
      throw Error("augment() returned " + describe(augmented) + "; expected " + describe(image) +
                  ", like the input image");
    }
    if (augmented.is_same(image)) continue;
    // A view of the image, such as its transpose, cannot be copied onto itself.
    image.copy_(augmented.is_alias_of(image) ? augmented.clone() : augmented);
  }
}

}  // namespace sla
