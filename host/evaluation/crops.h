#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace host::evaluation {

/// The number of crops of ten-crop evaluation.
inline constexpr int64_t kTenCrops = 10;

/// Crop `number` of images [B, C, H, W], of their own size, after zero-padding by `margin` pixels:
/// 0 to 4 are the centre (the image itself) and the corners, 5 to 9 their mirror images
/// (Krizhevsky, Sutskever, Hinton, NeurIPS 2012, section 4.1, for images that are not larger than
/// the network's input).
at::Tensor crop(const at::Tensor& images, int64_t margin, int64_t number);

}  // namespace host::evaluation
