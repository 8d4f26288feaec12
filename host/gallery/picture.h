#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace host::gallery {

/// Images [T, C, H, W], bytes or floating point in 0..1, side by side in a grid of `columns`:
/// [3, rows*H, columns*W] bytes where C is 3, else [1, ...] of the first channel. Places without an
/// image are black.
at::Tensor tiled(const at::Tensor& images, int64_t columns);

/// An image [C, H, W] of bytes, C being 1 or 3, as a PNG file.
std::string png(const at::Tensor& image);

/// The same as the address of an image inside an HTML page.
std::string data_address(const at::Tensor& image);

}  // namespace host::gallery
