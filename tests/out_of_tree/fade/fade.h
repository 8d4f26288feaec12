#pragma once

#include <ATen/core/Tensor.h>

/// Multiplies each uint8 image by its factor, on the GPU if there is one.
void fade_on_gpu(const at::Tensor& images, const at::Tensor& factors);
