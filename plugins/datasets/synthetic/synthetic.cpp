#include <sla/dataset.h>
#include <sla/host.h>
#include <sla/plugin.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>

namespace {

constexpr int64_t kSize = 32;

/// Synthetic images: stripes whose direction and width encode the class, over a background that
/// grows redder downwards and greener to the right, so that every rotation, flip, tile permutation
/// and colour permutation changes the image.
class Synthetic final : public sla::Dataset {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {
        {.name = "classes",
         .default_value = 10,
         .help = "number of classes",
         .minimum = 2,
         .maximum = 1e4},
        {.name = "train",
         .default_value = 2000,
         .help = "training images",
         .minimum = 1,
         .maximum = 1e7},
        {.name = "validation",
         .default_value = 500,
         .help = "validation images",
         .minimum = 0,
         .maximum = 1e7},
        {.name = "test", .default_value = 500, .help = "test images", .minimum = 0, .maximum = 1e7},
        {.name = "noise",
         .default_value = 0.2,
         .help = "noise amplitude, for images in 0..1",
         .minimum = 0,
         .maximum = 1}};
  }

  Synthetic(const sla::Parameters& parameters, sla::Host&)
      : sizes_{parameters.integer("train"), parameters.integer("validation"),
               parameters.integer("test")},
        noise_(parameters.number("noise")) {
    for (int64_t c = 0; c < parameters.integer("classes"); ++c) {
      class_names_.push_back("stripes" + std::to_string(c));
    }
  }

  sla::ImageShape image_shape() const override { return {3, kSize, kSize}; }

  const std::vector<std::string>& class_names() const override { return class_names_; }

  at::Tensor labels(sla::Split split) const override {
    return at::arange(sizes_.at(static_cast<size_t>(split)), at::kLong)
        .remainder(std::ssize(class_names_));
  }

  sla::Batch batch(const sla::Request& request) const override {
    const at::Tensor& indices = request.indices;
    const int64_t size = indices.numel();
    sla::Batch batch{at::empty({size, 3, kSize, kSize}, at::kByte),
                     indices.remainder(std::ssize(class_names_))};
    auto* pixels = batch.images.data_ptr<uint8_t>();
    const auto* index = indices.data_ptr<int64_t>();
    const auto pictures = sla::RandomStream(0).child(static_cast<int64_t>(request.split));
    for (int64_t b = 0; b < size; ++b) {
      draw(pictures.child(index[b]), index[b] % std::ssize(class_names_), pixels);
      pixels += 3 * kSize * kSize;
    }
    return batch;
  }

 private:
  void draw(sla::RandomStream random, int64_t label, uint8_t* pixels) const {
    const double turn = 2 * std::numbers::pi;
    const double direction =
        turn / 2 * static_cast<double>(label) / static_cast<double>(class_names_.size());
    const double stripes = 2.0 + static_cast<double>(label % 3);
    const double phase = turn * random.uniform();
    for (int64_t channel = 0; channel < 3; ++channel) {
      for (int64_t y = 0; y < kSize; ++y) {
        for (int64_t x = 0; x < kSize; ++x) {
          const double right = static_cast<double>(x) / kSize;
          const double down = static_cast<double>(y) / kSize;
          const std::array<double, 3> background{down, right, 0.2};
          const double along = right * std::cos(direction) + down * std::sin(direction);
          const double stripe = 0.5 + 0.5 * std::sin(turn * stripes * along + phase);
          const double value =
              0.4 * background.at(channel) + 0.4 * stripe + noise_ * (random.uniform() - 0.5) + 0.1;
          *pixels++ = static_cast<uint8_t>(std::clamp(value, 0.0, 1.0) * 255.0 + 0.5);
        }
      }
    }
  }

  std::array<int64_t, 3> sizes_;  // in the order of sla::Split
  double noise_;
  std::vector<std::string> class_names_;
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<Synthetic>("synthetic", "Synthetic oriented stripes, for quick tests"))
