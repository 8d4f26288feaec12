#pragma once

#include <ATen/core/Tensor.h>
#include <sla/random.h>

#include "host/experiment/options.h"

namespace host::data {

/// Random crop (after zero-padding) and horizontal flip of each image, in one pass: [B, C, H, W] on
/// the CPU to a new tensor of the same shape and dtype. Image b draws from `random.child(b)`, so
/// that its augmentation depends on nothing else.
at::Tensor augment(const at::Tensor& images, const experiment::AugmentationOptions& options,
                   const sla::RandomStream& random);

}  // namespace host::data
