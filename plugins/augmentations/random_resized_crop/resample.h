#pragma once

#include <ATen/core/Tensor.h>
#include <sla/random_rectangle.h>

namespace random_resized_crop {

enum class Interpolation { bilinear, bicubic };

/// Scales a box of an image [C, H, W], contiguous, uint8 or floating point, to [C, H, W]. If it
/// shrinks, the filter widens by the same factor, so that nothing aliases, as in Pillow and
/// torchvision (antialias = true). First rows, then columns are scaled; after each, values are
/// clipped to the range of pixels and bytes are rounded.
at::Tensor scaled(const at::Tensor& image, const sla::Rectangle& box, Interpolation interpolation);

}  // namespace random_resized_crop
