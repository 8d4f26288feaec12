#pragma once

#include <sla/nn/batch_norm.h>
#include <sla/nn/convolution.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace resnet {

/// One convolution of a block, followed by batch normalisation.
struct Layer {
  int64_t out;
  int64_t kernel;
  int64_t stride = 1;
  int64_t groups = 1;
};

/// Convolutions with a shortcut (He et al., CVPR 2016): each is normalised and followed by ReLU,
/// the last one after the shortcut is added. The shortcut is a normalised 1x1 convolution if shapes
/// differ. Submodules have torchvision's names.
class ResidualBlock final : public torch::nn::Module {
 public:
  ResidualBlock(int64_t in, const std::vector<Layer>& layers);

  /// Maps [R, in, H, W] to [R, C, H/S, W/S], with C the last layer's channels and S the product of
  /// all strides.
  at::Tensor forward(const at::Tensor& x);

 private:
  std::vector<std::shared_ptr<sla::nn::Convolution>> convolutions_;
  std::vector<std::shared_ptr<sla::nn::BatchNorm>> norms_;
  std::shared_ptr<sla::nn::Convolution> shortcut_;
  std::shared_ptr<sla::nn::BatchNorm> shortcut_norm_;
};

}  // namespace resnet
