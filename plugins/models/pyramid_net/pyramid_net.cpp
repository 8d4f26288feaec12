#include <sla/dataset.h>
#include <sla/error.h>
#include <sla/model.h>
#include <sla/nn/batch_norm.h>
#include <sla/nn/convolution.h>
#include <sla/plugin.h>

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/constant_pad_nd.h>

#include <cmath>

namespace {

using sla::nn::BatchNorm;
using sla::nn::Convolution;

constexpr int64_t kStages = 3;
constexpr int64_t kStemChannels = 16;
/// A bottleneck's output has this many times the channels of its 3x3 convolution.
constexpr int64_t kExpansion = 4;

/// The pyramidal residual unit (Han, Kim, Kim, CVPR 2017, figure 6d): normalisation before every
/// convolution and after the last one, ReLU before every convolution but the first. The shortcut is
/// the identity: it averages 2x2 pixels if the stride is 2, and zero-pads the new channels.
class Block final : public torch::nn::Module {
 public:
  /// `width` is the number of channels of the 3x3 convolutions.
  Block(int64_t in, int64_t width, int64_t stride, bool bottleneck)
      : stride_(stride), new_channels_((bottleneck ? kExpansion : 1) * width - in) {
    if (bottleneck) {
      add(in, width, 1, 1);
      add(width, width, 3, stride);
      add(width, kExpansion * width, 1, 1);
    } else {
      add(in, width, 3, stride);
      add(width, width, 3, 1);
    }
    add_norm(in + new_channels_);
  }

  at::Tensor forward(const at::Tensor& x) {
    at::Tensor inner = convolutions_[0]->forward(norms_[0]->forward(x));
    for (size_t i = 1; i < convolutions_.size(); ++i) {
      inner = norms_[i]->relu_into(*convolutions_[i], inner);
    }
    return norms_.back()->forward(inner) + shortcut(x);
  }

 private:
  void add(int64_t in, int64_t out, int64_t kernel, int64_t stride) {
    add_norm(in);
    convolutions_.push_back(
        register_module("conv" + std::to_string(convolutions_.size() + 1),
                        std::make_shared<Convolution>(in, out, kernel, stride)));
  }

  void add_norm(int64_t channels) {
    norms_.push_back(register_module("bn" + std::to_string(norms_.size() + 1),
                                     std::make_shared<BatchNorm>(channels)));
  }

  at::Tensor shortcut(const at::Tensor& x) const {
    // Rounds odd sizes up, as the convolution does.
    const auto halved = stride_ == 1 ? x
                                     : at::avg_pool2d(x, /*kernel_size=*/2, /*stride=*/2,
                                                      /*padding=*/0, /*ceil_mode=*/true);
    return at::constant_pad_nd(halved, {0, 0, 0, 0, 0, new_channels_});
  }

  int64_t stride_;
  int64_t new_channels_;
  std::vector<std::shared_ptr<BatchNorm>> norms_;
  std::vector<std::shared_ptr<Convolution>> convolutions_;
};

/// PyramidNet for CIFAR (Han, Kim, Kim, CVPR 2017), additive: the width grows by the same amount in
/// each of N blocks, from 16 to 16 + alpha; block k has round(16 + k * alpha / N). Submodules have
/// the names of the authors' PyTorch code (github.com/dyhan0920/PyramidNet-PyTorch).
class PyramidNet final : public sla::Model {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "depth",
             .default_value = 200,
             .help = "number of layers: 9n + 2 with bottlenecks, 6n + 2 without",
             .minimum = 8,
             .maximum = 1000},
            {.name = "alpha",
             .default_value = 240,
             .help = "channels by which the width grows from the first to the last block",
             .minimum = 0,
             .maximum = 1000},
            {.name = "bottleneck",
             .default_value = true,
             .help = "blocks of 1x1, 3x3 and 1x1 convolutions instead of two of 3x3"}};
  }

  PyramidNet(const sla::Parameters& parameters, const sla::ImageShape& shape, sla::Host&) {
    const int64_t depth = parameters.integer("depth");
    const bool bottleneck = parameters.flag("bottleneck");
    const int64_t layers = bottleneck ? 9 : 6;
    if (depth < layers + 2 || (depth - 2) % layers != 0) {
      throw sla::Error("depth = " + std::to_string(depth) + ", but a PyramidNet " +
                       (bottleneck
                            ? "with bottlenecks has 9n + 2 layers: 11, 20, ..., 164, 200, ..."
                            : "without bottlenecks has 6n + 2 layers: 8, 14, ..., 110, ..."));
    }
    conv1_ = register_module("conv1",
                             std::make_shared<Convolution>(shape.channels, kStemChannels, 3, 1));
    bn1_ = register_module("bn1", std::make_shared<BatchNorm>(kStemChannels));
    const int64_t blocks = (depth - 2) / layers;
    const double growth =
        static_cast<double>(parameters.integer("alpha")) / static_cast<double>(kStages * blocks);
    double width = kStemChannels;
    int64_t in = kStemChannels;
    for (int64_t stage = 0; stage < kStages; ++stage) {
      const std::string name = "layer" + std::to_string(stage + 1);
      const auto parent = register_module(name, std::make_shared<Stage>());
      stages_.emplace_back();
      for (int64_t i = 0; i < blocks; ++i) {
        width += growth;
        // Halves go to even numbers, as in Python.
        const auto channels = static_cast<int64_t>(std::nearbyint(width));
        const int64_t stride = i == 0 && stage > 0 ? 2 : 1;
        stages_.back().push_back(parent->register_module(
            std::to_string(i), std::make_shared<Block>(in, channels, stride, bottleneck)));
        in = (bottleneck ? kExpansion : 1) * channels;
      }
      stage_channels_.push_back(in);
    }
    bn_final_ = register_module("bn_final", std::make_shared<BatchNorm>(in));
  }

  at::Tensor features(const at::Tensor& images) override {
    return staged_features(images).features;
  }

  std::vector<int64_t> stage_channels() const override { return stage_channels_; }

  sla::StagedFeatures staged_features(const at::Tensor& images) override {
    sla::StagedFeatures staged;
    at::Tensor x = bn1_->forward(conv1_->forward(images));
    for (const auto& stage : stages_) {
      for (const auto& block : stage) x = block->forward(x);
      staged.maps.push_back(x);
    }
    staged.features = bn_final_->relu(x).mean({2, 3});
    return staged;
  }

  int64_t feature_size() const override { return stage_channels_.back(); }

 private:
  struct Stage : torch::nn::Module {};

  std::shared_ptr<Convolution> conv1_;
  std::shared_ptr<BatchNorm> bn1_;
  std::vector<std::vector<std::shared_ptr<Block>>> stages_;
  std::shared_ptr<BatchNorm> bn_final_;
  std::vector<int64_t> stage_channels_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<PyramidNet>("pyramid_net", "Additive PyramidNet for CIFAR"))
