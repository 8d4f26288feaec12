#pragma once

#include <ATen/core/Tensor.h>

namespace sla::nn::detail {

/// Whether the kernels of winograd.h support activations of this kind with this weight, once it is
/// channels_last, and chosen_kernels() takes them for it.
bool can_convolve(const at::Tensor& x, const at::Tensor& weight, int64_t stride);

}  // namespace sla::nn::detail
