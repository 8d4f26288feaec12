#include <sla/dataset.h>
#include <sla/error.h>
#include <sla/model.h>
#include <sla/nn/batch_norm.h>
#include <sla/nn/convolution.h>
#include <sla/plugin.h>

#include <ATen/ops/dropout.h>

namespace {

using sla::nn::BatchNorm;
using sla::nn::Convolution;

/// Twice normalisation, ReLU, convolution; the shortcut is a 1x1 convolution if shapes differ.
class Block final : public torch::nn::Module {
 public:
  Block(int64_t in, int64_t out, int64_t stride, double dropout)
      : dropout_(dropout),
        bn1_(register_module("bn1", std::make_shared<BatchNorm>(in))),
        conv1_(register_module("conv1", std::make_shared<Convolution>(in, out, 3, stride))),
        bn2_(register_module("bn2", std::make_shared<BatchNorm>(out))),
        conv2_(register_module("conv2", std::make_shared<Convolution>(out, out, 3, 1))) {
    if (in != out || stride != 1) {
      shortcut_ = register_module("shortcut", std::make_shared<Convolution>(in, out, 1, stride));
    }
  }

  at::Tensor forward(const at::Tensor& x) {
    if (!shortcut_) return second(bn1_->relu_into(*conv1_, x)) + x;
    const at::Tensor activated = bn1_->relu(x);
    return second(conv1_->forward(activated)) + shortcut_->forward(activated);
  }

 private:
  at::Tensor second(const at::Tensor& x) {
    if (dropout_ == 0) return bn2_->relu_into(*conv2_, x);
    return conv2_->forward(at::dropout(bn2_->relu(x), dropout_, is_training()));
  }

  double dropout_;
  std::shared_ptr<BatchNorm> bn1_;
  std::shared_ptr<Convolution> conv1_;
  std::shared_ptr<BatchNorm> bn2_;
  std::shared_ptr<Convolution> conv2_;
  std::shared_ptr<Convolution> shortcut_;
};

/// Wide ResNet for CIFAR (Zagoruyko and Komodakis, BMVC 2016): three stages of 16, 32 and 64 times
/// `width` channels.
class WideResNet final : public sla::Model {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "depth",
             .default_value = 28,
             .help = "number of layers, 6n + 4",
             .minimum = 10,
             .maximum = 100},
            {.name = "width",
             .default_value = 10,
             .help = "channel multiplier",
             .minimum = 1,
             .maximum = 20},
            {.name = "dropout",
             .default_value = 0.0,
             .help = "dropout probability between a block's convolutions",
             .minimum = 0,
             .maximum = 0.99}};
  }

  WideResNet(const sla::Parameters& parameters, const sla::ImageShape& shape, sla::Host&)
      : feature_size_(64 * parameters.integer("width")) {
    const int64_t depth = parameters.integer("depth");
    if ((depth - 4) % 6 != 0) {
      throw sla::Error("depth = " + std::to_string(depth) +
                       ", but a wide ResNet has 6n + 4 layers: 10, 16, 22, 28, 34, 40, ...");
    }
    const double dropout = parameters.number("dropout");
    stem_ = register_module("stem", std::make_shared<Convolution>(shape.channels, 16, 3, 1));
    int64_t in = 16;
    for (int64_t stage = 0; stage < 3; ++stage) {
      const int64_t out = feature_size_ / 4 << stage;
      stages_.emplace_back();
      for (int64_t i = 0; i < (depth - 4) / 6; ++i, in = out) {
        const int64_t stride = i == 0 && stage > 0 ? 2 : 1;
        const std::string name = "stage" + std::to_string(stage) + "_" + std::to_string(i);
        stages_.back().push_back(
            register_module(name, std::make_shared<Block>(in, out, stride, dropout)));
      }
    }
    last_bn_ = register_module("last_bn", std::make_shared<BatchNorm>(feature_size_));
  }

  at::Tensor features(const at::Tensor& images) override {
    return staged_features(images).features;
  }

  std::vector<int64_t> stage_channels() const override {
    return {feature_size_ / 4, feature_size_ / 2, feature_size_};
  }

  sla::StagedFeatures staged_features(const at::Tensor& images) override {
    sla::StagedFeatures staged;
    at::Tensor x = stem_->forward(images);
    for (const auto& stage : stages_) {
      for (const auto& block : stage) x = block->forward(x);
      staged.maps.push_back(x);
    }
    staged.features = last_bn_->relu(x).mean({2, 3});
    return staged;
  }

  int64_t feature_size() const override { return feature_size_; }

 private:
  int64_t feature_size_;
  std::shared_ptr<Convolution> stem_;
  std::vector<std::vector<std::shared_ptr<Block>>> stages_;
  std::shared_ptr<BatchNorm> last_bn_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<WideResNet>("wide_resnet", "Wide ResNet for CIFAR"))
