#include "sla/nn/convolution.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>

#include <c10/core/impl/LocalDispatchKeySet.h>

#include <cmath>

#include "sla/nn/detail/fused_convolution.h"
#include "sla/nn/detail/kernel_choice.h"
#include "sla/nn/detail/winograd_choice.h"

namespace sla::nn {

namespace {

/// Whether float32 is faster for convolutions that our kernels do not support.
bool is_faster_in_float(const at::Tensor& x) {
  return x.is_cpu() && x.scalar_type() == at::kBFloat16 && !detail::multiplies_bfloat() &&
         detail::chosen_kernels(at::kBFloat16) == detail::Kernels::own;
}

}  // namespace

Convolution::Convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t groups)
    : stride_(stride), padding_(kernel / 2), groups_(groups) {
  const double deviation = std::sqrt(2.0 / static_cast<double>(kernel * kernel * out));
  weight_ = register_parameter("weight",
                               at::empty({out, in / groups, kernel, kernel}).normal_(0, deviation));
}

bool Convolution::casts(const at::Tensor& images) {
  const bool autocasts = !c10::impl::tls_is_dispatch_key_excluded(c10::DispatchKey::AutocastCPU);
  return autocasts && images.is_cpu() && images.scalar_type() == at::kFloat;
}

bool Convolution::has_own_kernels(const at::Tensor& x) const {
  return stride_ <= 2 && groups_ == 1 && detail::can_convolve(x, weight_, stride_);
}

at::Tensor Convolution::forward(const at::Tensor& images) const {
  // As autocast does to the arguments of LibTorch's convolution.
  const at::Tensor x = casts(images) ? images.to(at::kBFloat16) : images;
  if (has_own_kernels(x)) return detail::own_convolution(x, channels_last_weight(), stride_);
  const auto convolve = [this](const at::Tensor& input) {
    return at::conv2d(input, weight_, /*bias=*/{}, stride_, padding_, /*dilation=*/1, groups_);
  };
  if (is_faster_in_float(x)) {
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::DispatchKey::AutocastCPU);
    return convolve(images.to(at::kFloat)).to(at::kBFloat16);
  }
  return convolve(x);
}

at::Tensor Convolution::forward_norm(const at::Tensor& x,
                                     const detail::BatchNormState& norm) const {
  if (has_own_kernels(x)) {
    return detail::own_convolution_of_norm(x, channels_last_weight(), stride_, norm);
  }
  const at::ScalarType type = is_faster_in_float(x) ? at::kFloat : x.scalar_type();
  return detail::libtorch_convolution_of_norm(x, weight_.to(type), {stride_, padding_, groups_},
                                              norm);
}

at::Tensor Convolution::channels_last_weight() const {
  return weight_.contiguous(at::MemoryFormat::ChannelsLast);
}

}  // namespace sla::nn
