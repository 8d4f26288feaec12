#include "sla/nn/convolution.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>

#include <cmath>

namespace sla::nn {

Convolution::Convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t groups)
    : stride_(stride), padding_(kernel / 2), groups_(groups) {
  const double deviation = std::sqrt(2.0 / static_cast<double>(kernel * kernel * out));
  weight_ = register_parameter("weight",
                               at::empty({out, in / groups, kernel, kernel}).normal_(0, deviation));
}

at::Tensor Convolution::forward(const at::Tensor& images) const {
  return at::conv2d(images, weight_, /*bias=*/{}, stride_, padding_, /*dilation=*/1, groups_);
}

}  // namespace sla::nn
