#include <sla/dataset.h>
#include <sla/error.h>
#include <sla/model.h>
#include <sla/nn/batch_norm.h>
#include <sla/nn/convolution.h>
#include <sla/plugin.h>

#include <algorithm>
#include <string>

namespace {

/// Three 3x3 convolutions with batch normalisation and ReLU, each halving the resolution and
/// doubling the channels; the features are the global average.
class MyPlugin final : public sla::Model {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "channels",
             .default_value = 16,
             .help = "channels of the first layer",
             .minimum = 1,
             .maximum = 256}};
  }

  // Whatever is registered is trained, saved and moved to the device. Other state that must survive
  // resuming belongs in register_buffer().
  MyPlugin(const sla::Parameters& parameters, const sla::ImageShape& shape, sla::Host&)
      : feature_size_(parameters.integer("channels") * 4) {
    if (std::min(shape.height, shape.width) < 8) {
      throw sla::Error("my_plugin needs images of at least 8x8 pixels");
    }
    int64_t in = shape.channels;
    for (int64_t i = 0, out = feature_size_ / 4; i < 3; ++i, in = out, out *= 2) {
      const std::string number = std::to_string(i);
      convolutions_.push_back(register_module(
          "conv" + number, std::make_shared<sla::nn::Convolution>(in, out, 3, /*stride=*/2)));
      norms_.push_back(register_module("bn" + number, std::make_shared<sla::nn::BatchNorm>(out)));
    }
  }

  // Maps normalised images [R, C, H, W] to features [R, D].
  at::Tensor features(const at::Tensor& images) override {
    at::Tensor x = images;
    for (size_t i = 0; i < convolutions_.size(); ++i) {
      x = norms_[i]->relu(convolutions_[i]->forward(x));
    }
    return x.mean({2, 3});
  }

  int64_t feature_size() const override { return feature_size_; }

 private:
  int64_t feature_size_;
  std::vector<std::shared_ptr<sla::nn::Convolution>> convolutions_;
  std::vector<std::shared_ptr<sla::nn::BatchNorm>> norms_;
};

}  // namespace

SLA_PLUGIN("0.1.0", sla::component<MyPlugin>("my_plugin", "Three convolutions"))
