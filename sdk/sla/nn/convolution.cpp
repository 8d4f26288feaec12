#include "sla/nn/convolution.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>

#include <c10/core/impl/LocalDispatchKeySet.h>

#include <cmath>

#include "sla/nn/detail/fused_convolution.h"
#include "sla/nn/detail/kernel_choice.h"
#include "sla/nn/detail/winograd.h"

namespace sla::nn {

namespace {

bool autocasts() { return !c10::impl::tls_is_dispatch_key_excluded(c10::DispatchKey::AutocastCPU); }

}  // namespace

Convolution::Convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t groups)
    : stride_(stride), padding_(kernel / 2), groups_(groups) {
  const double deviation = std::sqrt(2.0 / static_cast<double>(kernel * kernel * out));
  weight_ = register_parameter("weight",
                               at::empty({out, in / groups, kernel, kernel}).normal_(0, deviation));
}

bool Convolution::has_own_kernels(const at::Tensor& x) const {
  return stride_ <= 2 && groups_ == 1 && detail::can_convolve(x, weight_);
}

at::Tensor Convolution::forward(const at::Tensor& images) const {
  if (has_own_kernels(images)) {
    // What autocast does to the arguments of LibTorch's convolution; the weight stays in float32.
    const at::Tensor x = autocasts() ? images.to(at::kBFloat16) : images;
    return detail::own_convolution(x, channels_last_weight(), stride_);
  }
  const auto convolve = [this](const at::Tensor& x) {
    return at::conv2d(x, weight_, /*bias=*/{}, stride_, padding_, /*dilation=*/1, groups_);
  };
  if (autocasts() && images.is_cpu() && detail::own_kernels_chosen()) {
    // Without instructions for bf16, LibTorch's convolution takes many times longer in bf16 than in
    // float32.
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::DispatchKey::AutocastCPU);
    return convolve(images.to(at::kFloat)).to(at::kBFloat16);
  }
  return convolve(images);
}

at::Tensor Convolution::channels_last_weight() const {
  return weight_.contiguous(at::MemoryFormat::ChannelsLast);
}

}  // namespace sla::nn
