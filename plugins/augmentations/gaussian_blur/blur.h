#pragma once

#include <ATen/core/Tensor.h>

namespace gaussian_blur {

/// Blurs an image [C, H, W], contiguous, uint8 or floating point, in place: weights
/// exp(-d^2 / (2 sigma^2)) for d up to kernel / 2 pixels, reflected at the border, as torchvision
/// does; bytes are rounded. Throws sla::Error unless kernel / 2 is less than H and W.
void blur(const at::Tensor& image, int64_t kernel, double sigma);

}  // namespace gaussian_blur
