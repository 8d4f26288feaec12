#include <sla/dataset.h>
#include <sla/model.h>
#include <sla/nn/batch_norm.h>
#include <sla/nn/convolution.h>
#include <sla/plugin.h>

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/constant_pad_nd.h>

namespace {

using sla::nn::BatchNorm;
using sla::nn::Convolution;

/// Two 3x3 convolutions with a shortcut. If the shape changes, the shortcut takes every other pixel
/// and zero-pads the new channels ("option A").
class Block final : public torch::nn::Module {
 public:
  Block(int64_t in, int64_t out, int64_t stride)
      : stride_(stride),
        new_channels_(out - in),
        conv_a_(register_module("conv_a", std::make_shared<Convolution>(in, out, 3, stride))),
        bn_a_(register_module("bn_a", std::make_shared<BatchNorm>(out))),
        conv_b_(register_module("conv_b", std::make_shared<Convolution>(out, out, 3, 1))),
        bn_b_(register_module("bn_b", std::make_shared<BatchNorm>(out))) {}

  at::Tensor forward(const at::Tensor& x) {
    const at::Tensor inner = bn_a_->relu_into(*conv_b_, conv_a_->forward(x));
    return bn_b_->add_relu(inner, shortcut(x));
  }

 private:
  at::Tensor shortcut(const at::Tensor& x) const {
    if (stride_ == 1) return x;
    // Pooling over one pixel every `stride_` pixels: a slice whose gradient is one pass.
    const auto halved = at::avg_pool2d(x, /*kernel_size=*/1, stride_);
    return at::constant_pad_nd(halved, {0, 0, 0, 0, 0, new_channels_});
  }

  int64_t stride_;
  int64_t new_channels_;
  std::shared_ptr<Convolution> conv_a_;
  std::shared_ptr<BatchNorm> bn_a_;
  std::shared_ptr<Convolution> conv_b_;
  std::shared_ptr<BatchNorm> bn_b_;
};

/// ResNet for CIFAR (He et al., CVPR 2016, section 4.2): three stages of 16, 32 and 64 channels.
/// Submodules have the names of the paper's public code, so that its weights load.
class CifarResNet final : public sla::Model {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "depth",
             .default_value = 32,
             .help = "number of layers",
             .choices = {20, 32, 44, 56, 110}}};
  }

  CifarResNet(const sla::Parameters& parameters, const sla::ImageShape& shape, sla::Host&)
      : stem_(register_module("0", std::make_shared<Convolution>(shape.channels, 16, 3, 1))),
        stem_bn_(register_module("1", std::make_shared<BatchNorm>(16))) {
    const int64_t blocks = (parameters.integer("depth") - 2) / 6;
    add_stage("3", blocks, 16, 16);
    add_stage("4", blocks, 16, 32);
    add_stage("5", blocks, 32, 64);
  }

  at::Tensor features(const at::Tensor& images) override {
    return staged_features(images).features;
  }

  std::vector<int64_t> stage_channels() const override { return {16, 32, 64}; }

  sla::StagedFeatures staged_features(const at::Tensor& images) override {
    sla::StagedFeatures staged;
    at::Tensor x = stem_bn_->relu(stem_->forward(images));
    for (const auto& stage : stages_) {
      for (const auto& block : stage) x = block->forward(x);
      staged.maps.push_back(x);
    }
    staged.features = x.mean({2, 3});
    return staged;
  }

  int64_t feature_size() const override { return 64; }

 private:
  void add_stage(const std::string& name, int64_t blocks, int64_t in, int64_t out) {
    const auto stage = register_module(name, std::make_shared<Stage>());
    stages_.emplace_back();
    for (int64_t i = 0; i < blocks; ++i) {
      const int64_t stride = i == 0 && in != out ? 2 : 1;
      auto block = std::make_shared<Block>(i == 0 ? in : out, out, stride);
      stages_.back().push_back(stage->register_module(std::to_string(i), std::move(block)));
    }
  }

  struct Stage : torch::nn::Module {};

  std::shared_ptr<Convolution> stem_;
  std::shared_ptr<BatchNorm> stem_bn_;
  std::vector<std::vector<std::shared_ptr<Block>>> stages_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<CifarResNet>("cresnet", "ResNet-20 to ResNet-110 for CIFAR"))
