#include "residual_block.h"

#include <string>

namespace resnet {

using sla::nn::BatchNorm;
using sla::nn::Convolution;

namespace {

struct Downsample final : torch::nn::Module {};

}  // namespace

ResidualBlock::ResidualBlock(int64_t in, const std::vector<Layer>& layers) {
  int64_t channels = in;
  int64_t stride = 1;
  for (const Layer& layer : layers) {
    const std::string number = std::to_string(convolutions_.size() + 1);
    convolutions_.push_back(register_module(
        "conv" + number, std::make_shared<Convolution>(channels, layer.out, layer.kernel,
                                                       layer.stride, layer.groups)));
    norms_.push_back(register_module("bn" + number, std::make_shared<BatchNorm>(layer.out)));
    channels = layer.out;
    stride *= layer.stride;
  }
  if (in == channels && stride == 1) return;
  const auto downsample = register_module("downsample", std::make_shared<Downsample>());
  shortcut_ = downsample->register_module(
      "0", std::make_shared<Convolution>(in, channels, /*kernel=*/1, stride));
  shortcut_norm_ = downsample->register_module("1", std::make_shared<BatchNorm>(channels));
}

at::Tensor ResidualBlock::forward(const at::Tensor& x) {
  at::Tensor inner = convolutions_[0]->forward(x);
  for (size_t i = 1; i < convolutions_.size(); ++i) {
    inner = norms_[i - 1]->relu_into(*convolutions_[i], inner);
  }
  return norms_.back()->add_relu(inner,
                                 shortcut_ ? shortcut_norm_->forward(shortcut_->forward(x)) : x);
}

}  // namespace resnet
