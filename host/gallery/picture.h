#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace host::gallery {

/// Arranges images [T, C, H, W], bytes or floating point in 0..1, in a grid of `columns`: [3,
/// rows*H, columns*W] bytes if C is 3, else [1, ...] of the first channel. Empty cells are
/// black.
at::Tensor tiled(const at::Tensor& images, int64_t columns);

/// Encodes an image [C, H, W] of bytes, C = 1 or 3, as PNG.
std::string png(const at::Tensor& image);

/// The same as a data URL for an HTML page.
std::string data_address(const at::Tensor& image);

}  // namespace host::gallery
