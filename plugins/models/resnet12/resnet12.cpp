#include <sla/dataset.h>
#include <sla/error.h>
#include <sla/model.h>
#include <sla/nn/batch_norm.h>
#include <sla/nn/convolution.h>
#include <sla/plugin.h>

#include <ATen/ops/dropout.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/max_pool2d.h>

#include "drop_block.h"

namespace {

using resnet12::DropBlock;
using sla::nn::BatchNorm;
using sla::nn::Convolution;

constexpr double kSlope = 0.1;

/// Three 3x3 convolutions with a 1x1 shortcut, LeakyReLU, 2x2 max-pooling; then DropBlock if given,
/// else dropout.
class Block final : public torch::nn::Module {
 public:
  Block(int64_t in, int64_t out, double dropout, std::shared_ptr<DropBlock> drop_block)
      : dropout_(dropout),
        shortcut_(register_module("shortcut", std::make_shared<Convolution>(in, out, 1, 1))),
        shortcut_bn_(register_module("shortcut_bn", std::make_shared<BatchNorm>(out))) {
    for (int64_t i = 0; i < 3; ++i, in = out) {
      const std::string number = std::to_string(i + 1);
      convolutions_.push_back(
          register_module("conv" + number, std::make_shared<Convolution>(in, out, 3, 1)));
      norms_.push_back(register_module("bn" + number, std::make_shared<BatchNorm>(out)));
    }
    if (drop_block) drop_block_ = register_module("drop_block", std::move(drop_block));
  }

  at::Tensor forward(const at::Tensor& x) {
    at::Tensor inner = x;
    for (size_t i = 0; i + 1 < convolutions_.size(); ++i) {
      inner = at::leaky_relu(norms_[i]->forward(convolutions_[i]->forward(inner)), kSlope);
    }
    inner = norms_.back()->forward(convolutions_.back()->forward(inner));
    inner = at::leaky_relu(inner + shortcut_bn_->forward(shortcut_->forward(x)), kSlope);
    inner = at::max_pool2d(inner, /*kernel_size=*/2);
    return drop_block_ ? drop_block_->forward(inner) : at::dropout(inner, dropout_, is_training());
  }

 private:
  double dropout_;
  std::vector<std::shared_ptr<Convolution>> convolutions_;
  std::vector<std::shared_ptr<BatchNorm>> norms_;
  std::shared_ptr<Convolution> shortcut_;
  std::shared_ptr<BatchNorm> shortcut_bn_;
  std::shared_ptr<DropBlock> drop_block_;
};

/// The ResNet-12 of MetaOptNet (Lee et al., CVPR 2019): blocks of 64, 160, 320 and 640 channels,
/// dropout after the first two, DropBlock after the others; the features are flattened, or averaged
/// over the pixels.
class ResNet12 final : public sla::Model {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "drop_rate",
             .default_value = 0.1,
             .help = "share dropped after each block",
             .minimum = 0,
             .maximum = 0.9},
            {.name = "drop_block_size",
             .default_value = 5,
             .help = "side length of DropBlock's squares, in pixels; 2 for 32x32 images",
             .minimum = 1},
            {.name = "drop_block_ramp",
             .default_value = 20'000,
             .help = "batches over which DropBlock's share rises to drop_rate; MetaOptNet's 40,000 "
                     "count supports and queries separately",
             .minimum = 1},
            {.name = "average_pool",
             .default_value = false,
             .help = "average the features over the pixels instead of flattening them"}};
  }

  ResNet12(const sla::Parameters& parameters, const sla::ImageShape& shape, sla::Host&)
      : average_pool_(parameters.flag("average_pool")) {
    const double rate = parameters.number("drop_rate");
    int64_t in = shape.channels;
    for (const int64_t out : {64, 160, 320, 640}) {
      std::shared_ptr<DropBlock> drop_block;
      if (out >= 320) {
        drop_block = std::make_shared<DropBlock>(rate, parameters.integer("drop_block_size"),
                                                 parameters.integer("drop_block_ramp"));
      }
      const std::string name = "block" + std::to_string(blocks_.size() + 1);
      blocks_.push_back(
          register_module(name, std::make_shared<Block>(in, out, rate, std::move(drop_block))));
      in = out;
    }
    const int64_t pixels = (shape.height >> 4) * (shape.width >> 4);
    if (pixels == 0) throw sla::Error("resnet12 needs images of at least 16x16 pixels");
    feature_size_ = average_pool_ ? in : in * pixels;
  }

  at::Tensor features(const at::Tensor& images) override {
    return staged_features(images).features;
  }

  std::vector<int64_t> stage_channels() const override { return {64, 160, 320, 640}; }

  sla::StagedFeatures staged_features(const at::Tensor& images) override {
    sla::StagedFeatures staged;
    at::Tensor x = images;
    for (const auto& block : blocks_) {
      x = block->forward(x);
      staged.maps.push_back(x);
    }
    staged.features = average_pool_ ? x.mean({2, 3}) : x.flatten(1);
    return staged;
  }

  int64_t feature_size() const override { return feature_size_; }

 private:
  bool average_pool_;
  std::vector<std::shared_ptr<Block>> blocks_;
  int64_t feature_size_ = 0;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<ResNet12>("resnet12", "ResNet-12 with DropBlock, for few-shot"))
