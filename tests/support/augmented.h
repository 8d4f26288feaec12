#pragma once

#include <sla/batch.h>
#include <sla/batch_random.h>

#include <string>

namespace tests {

/// `images` of any shape, with labels 0, 1, 2, ..., after the augmentations of an experiment, given
/// in TOML. `random` has a row for each image.
sla::Batch augmented(const std::string& augmentations, const at::Tensor& images,
                     const sla::BatchRandom& random);

/// The same for a whole batch.
sla::Batch augmented(const std::string& augmentations, const at::Tensor& images);

}  // namespace tests
