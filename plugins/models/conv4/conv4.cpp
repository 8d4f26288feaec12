#include <sla/dataset.h>
#include <sla/error.h>
#include <sla/model.h>
#include <sla/nn/batch_norm.h>
#include <sla/nn/convolution.h>
#include <sla/plugin.h>

#include <algorithm>

#include <ATen/ops/max_pool2d.h>

namespace {

using sla::nn::BatchNorm;
using sla::nn::Convolution;

constexpr int64_t kBlocks = 4;

/// Conv4-64 (Snell, Swersky, Zemel, NeurIPS 2017): four blocks of a 3x3 convolution with 64
/// channels, batch normalisation, ReLU and 2x2 max-pooling; the features are the flattened output.
class Conv4 final : public sla::Model {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "channels",
             .default_value = 64,
             .help = "channels of each block",
             .minimum = 1,
             .maximum = 2048}};
  }

  Conv4(const sla::Parameters& parameters, const sla::ImageShape& shape, sla::Host&)
      : channels_(parameters.integer("channels")) {
    int64_t in = shape.channels;
    for (int64_t i = 0; i < kBlocks; ++i, in = channels_) {
      const std::string number = std::to_string(i);
      convolutions_.push_back(
          register_module("conv" + number, std::make_shared<Convolution>(in, channels_, 3, 1)));
      norms_.push_back(register_module("bn" + number, std::make_shared<BatchNorm>(channels_)));
    }
    if (std::min(shape.height, shape.width) >> kBlocks == 0) {
      throw sla::Error("conv4 needs images of at least 16x16 pixels");
    }
    feature_size_ = channels_ * (shape.height >> kBlocks) * (shape.width >> kBlocks);
  }

  at::Tensor features(const at::Tensor& images) override {
    return staged_features(images).features;
  }

  std::vector<int64_t> stage_channels() const override {
    return std::vector<int64_t>(kBlocks, channels_);
  }

  sla::StagedFeatures staged_features(const at::Tensor& images) override {
    sla::StagedFeatures staged;
    at::Tensor x = images;
    for (size_t i = 0; i < convolutions_.size(); ++i) {
      x = at::max_pool2d(norms_[i]->relu(convolutions_[i]->forward(x)), /*kernel_size=*/2);
      staged.maps.push_back(x);
    }
    staged.features = x.flatten(1);
    return staged;
  }

  int64_t feature_size() const override { return feature_size_; }

 private:
  int64_t channels_;
  std::vector<std::shared_ptr<Convolution>> convolutions_;
  std::vector<std::shared_ptr<BatchNorm>> norms_;
  int64_t feature_size_ = 0;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Conv4>("conv4", "Conv4-64, the small few-shot backbone"))
