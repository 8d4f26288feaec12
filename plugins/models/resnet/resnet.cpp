#include <sla/dataset.h>
#include <sla/model.h>
#include <sla/nn/batch_norm.h>
#include <sla/nn/convolution.h>
#include <sla/plugin.h>

#include <ATen/ops/max_pool2d.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "residual_block.h"

namespace {

using resnet::Layer;
using resnet::ResidualBlock;
using sla::nn::BatchNorm;
using sla::nn::Convolution;

constexpr int64_t kStages = 4;

struct Architecture {
  std::string_view name;
  /// Blocks of each stage.
  std::array<int64_t, kStages> blocks;
  /// Whether blocks have 1x1, 3x3 and 1x1 convolutions instead of two of 3x3.
  bool bottleneck = false;
  /// Of the bottleneck's 3x3 convolution in the first stage, where it has groups * group_width
  /// channels.
  int64_t groups = 1;
  int64_t group_width = 64;
};

/// He et al., CVPR 2016, table 1; Zagoruyko and Komodakis, BMVC 2016, table 8; Xie et al., CVPR
/// 2017, table 1.
constexpr std::array kArchitectures{
    Architecture{"resnet18", {2, 2, 2, 2}},
    Architecture{"resnet34", {3, 4, 6, 3}},
    Architecture{"resnet50", {3, 4, 6, 3}, /*bottleneck=*/true},
    Architecture{"resnet101", {3, 4, 23, 3}, true},
    Architecture{"resnet152", {3, 8, 36, 3}, true},
    Architecture{"wide_resnet50_2", {3, 4, 6, 3}, true, /*groups=*/1, /*group_width=*/128},
    Architecture{"resnext50_32x4d", {3, 4, 6, 3}, true, 32, 4},
};

std::vector<sla::ParameterValue> names() {
  std::vector<sla::ParameterValue> names;
  for (const auto& known : kArchitectures) names.emplace_back(std::string(known.name));
  return names;
}

const Architecture& named(std::string_view name) {
  return *std::find_if(kArchitectures.begin(), kArchitectures.end(),
                       [&](const auto& known) { return known.name == name; });
}

/// The convolutions of a block with this base width: 64, 128, 256 or 512 channels.
std::vector<Layer> layers_of(const Architecture& architecture, int64_t base, int64_t stride) {
  if (!architecture.bottleneck) return {{base, 3, stride}, {base, 3}};
  const int64_t inner = architecture.groups * architecture.group_width * base / 64;
  // The stride is the 3x3 convolution's, not the first one's ("v1.5", as in torchvision).
  return {{inner, 1}, {inner, 3, stride, architecture.groups}, {4 * base, 1}};
}

/// The ResNets of torchvision, for photographs, with its state names: its weights load. The `fc` of
/// torchvision is an objective's head. With the stem "cifar", the first convolution is 3x3 with
/// stride 1 and no pooling follows, for images of 32 pixels.
class ResNet final : public sla::Model {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "name",
             .default_value = std::string("resnet18"),
             .help = "architecture, by torchvision's name",
             .choices = names()},
            {.name = "stem",
             .default_value = std::string("imagenet"),
             .help = "imagenet: 7x7 convolution and max-pooling, each with stride 2; cifar: 3x3 "
                     "convolution with stride 1",
             .choices = {std::string("imagenet"), std::string("cifar")}}};
  }

  ResNet(const sla::Parameters& parameters, const sla::ImageShape& shape, sla::Host&)
      : small_images_(parameters.text("stem") == "cifar") {
    conv1_ = register_module(
        "conv1", std::make_shared<Convolution>(shape.channels, 64, small_images_ ? 3 : 7,
                                               small_images_ ? 1 : 2));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm>(64));
    const Architecture& architecture = named(parameters.text("name"));
    int64_t in = 64;
    for (size_t stage = 0; stage < kStages; ++stage) {
      const std::string name = "layer" + std::to_string(stage + 1);
      const auto parent = register_module(name, std::make_shared<Stage>());
      stages_.emplace_back();
      for (int64_t i = 0; i < architecture.blocks[stage]; ++i) {
        const int64_t stride = i == 0 && stage > 0 ? 2 : 1;
        const auto layers = layers_of(architecture, 64 << stage, stride);
        stages_.back().push_back(parent->register_module(
            std::to_string(i), std::make_shared<ResidualBlock>(in, layers)));
        in = layers.back().out;
      }
      stage_channels_.push_back(in);
    }
  }

  at::Tensor features(const at::Tensor& images) override {
    return staged_features(images).features;
  }

  std::vector<int64_t> stage_channels() const override { return stage_channels_; }

  sla::StagedFeatures staged_features(const at::Tensor& images) override {
    sla::StagedFeatures staged;
    at::Tensor x = bn1_->relu(conv1_->forward(images));
    if (!small_images_) x = at::max_pool2d(x, /*kernel_size=*/3, /*stride=*/2, /*padding=*/1);
    for (const auto& stage : stages_) {
      for (const auto& block : stage) x = block->forward(x);
      staged.maps.push_back(x);
    }
    staged.features = x.mean({2, 3});
    return staged;
  }

  int64_t feature_size() const override { return stage_channels_.back(); }

 private:
  struct Stage : torch::nn::Module {};

  bool small_images_;
  std::shared_ptr<Convolution> conv1_;
  std::shared_ptr<BatchNorm> bn1_;
  std::vector<std::vector<std::shared_ptr<ResidualBlock>>> stages_;
  std::vector<int64_t> stage_channels_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<ResNet>("resnet", "torchvision's ResNets, wide and ResNeXt too"))
