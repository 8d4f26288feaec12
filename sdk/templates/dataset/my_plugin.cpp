#include <sla/dataset.h>
#include <sla/plugin.h>

#include <array>
#include <cmath>
#include <string>

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>

namespace {

constexpr int64_t kSize = 32;

/// Bright spots on a dark background; the class is the spot's distance above the centre.
class MyPlugin final : public sla::Dataset {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "train", .default_value = 2000, .help = "training images", .minimum = 1},
            {.name = "validation", .default_value = 250, .help = "validation images", .minimum = 0},
            {.name = "test", .default_value = 250, .help = "test images", .minimum = 0}};
  }

  // Read or map files here, and throw sla::Error if they are missing or damaged.
  MyPlugin(const sla::Parameters& parameters, sla::Host&)
      : sizes_{parameters.integer("train"), parameters.integer("validation"),
               parameters.integer("test")} {}

  sla::ImageShape image_shape() const override { return {1, kSize, kSize}; }

  const std::vector<std::string>& class_names() const override { return class_names_; }

  at::Tensor labels(sla::Split split) const override {
    return at::arange(sizes_.at(static_cast<size_t>(split)), at::kLong).remainder(kClasses);
  }

  // Called concurrently from several threads: change nothing. A dataset that crops images while
  // decoding takes the random crop from request.random.image(b) if request.augment is set.
  sla::Batch batch(const sla::Request& request) const override {
    const at::Tensor& indices = request.indices;
    sla::Batch batch{at::empty({indices.numel(), 1, kSize, kSize}, at::kByte),
                     indices.remainder(kClasses)};
    auto* pixel = batch.images.data_ptr<uint8_t>();
    const auto* index = indices.data_ptr<int64_t>();
    // One stream per image: it is the same in every batch, with any number of threads.
    const auto stream = sla::RandomStream(0).child(static_cast<int64_t>(request.split));
    for (int64_t b = 0; b < indices.numel(); ++b) {
      draw(index[b] % kClasses, stream.child(index[b]), pixel + b * kSize * kSize);
    }
    return batch;
  }

 private:
  static constexpr int64_t kClasses = 4;

  static void draw(int64_t label, sla::RandomStream random, uint8_t* pixel) {
    const double x = kSize / 2.0 + 4 * (random.uniform() - 0.5);
    const double y = kSize / 2.0 - 3.5 * static_cast<double>(label) + 2 * (random.uniform() - 0.5);
    for (int64_t row = 0; row < kSize; ++row) {
      for (int64_t column = 0; column < kSize; ++column) {
        const double distance =
            std::hypot(static_cast<double>(column) - x, static_cast<double>(row) - y);
        const double light = std::exp(-distance * distance / 8);
        *pixel++ = static_cast<uint8_t>(55 * random.uniform() + 200 * light);
      }
    }
  }

  std::array<int64_t, 3> sizes_;  // in the order of sla::Split
  std::vector<std::string> class_names_{"middle", "near", "far", "edge"};
};

}  // namespace

SLA_PLUGIN("0.1.0", sla::component<MyPlugin>("my_plugin", "Bright spots on a dark background"))
