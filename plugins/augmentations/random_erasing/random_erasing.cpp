#include <sla/augmentation.h>
#include <sla/error.h>
#include <sla/plugin.h>

#include <cmath>
#include <string>

#include <ATen/Dispatch.h>

namespace {

/// A box inside an image, in pixels.
struct Box {
  int64_t top, left, height, width;
};

/// Fills a box of each channel with what `value` returns for each pixel.
template <typename Value>
void fill(const at::Tensor& image, const Box& box, Value value) {
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "random_erasing", [&] {
    const double white = image.scalar_type() == at::kByte ? 255 : 1;
    auto* pixels = image.data_ptr<scalar_t>();
    for (int64_t c = 0; c < image.size(0); ++c) {
      for (int64_t y = box.top; y < box.top + box.height; ++y) {
        auto* row = pixels + (c * image.size(1) + y) * image.size(2) + box.left;
        for (int64_t x = 0; x < box.width; ++x) {
          const double drawn = white * value();
          row[x] = static_cast<scalar_t>(white > 1 ? std::round(drawn) : drawn);
        }
      }
    }
  });
}

/// Random erasing (Zhong et al., AAAI 2020, algorithm 1): fills a box of random area and aspect at
/// a random place. The defaults are torchvision's.
class RandomErasing final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "probability",
             .default_value = 0.5,
             .help = "probability to erase a box",
             .minimum = 0,
             .maximum = 1},
            {.name = "area",
             .default_value = std::vector<double>{0.02, 0.33},
             .help = "range of the box's share of the image's area",
             .minimum = 0,
             .maximum = 1},
            {.name = "aspect",
             .default_value = std::vector<double>{0.3, 3.3},
             .help = "range of the box's height divided by its width",
             .minimum = 1e-3,
             .maximum = 1e3},
            {.name = "fill",
             .default_value = std::string("constant"),
             .help = "constant: every pixel gets `value`; noise: each a random value of its own",
             .choices = {std::string("constant"), std::string("noise")}},
            {.name = "value",
             .default_value = 0.0,
             .help = "value of the box's pixels if `fill` is constant; white is 1",
             .minimum = 0,
             .maximum = 1}};
  }

  RandomErasing(const sla::Parameters& parameters, sla::Host&)
      : probability_(parameters.number("probability")),
        area_(parameters.numbers("area")),
        aspect_(parameters.numbers("aspect")),
        noise_(parameters.text("fill") == "noise"),
        value_(parameters.number("value")) {
    check_range("area", area_);
    check_range("aspect", aspect_);
  }

  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override {
    if (random.uniform() >= probability_) return image;
    const Box box = draw(image.size(1), image.size(2), random);
    if (noise_) {
      fill(image, box, [&] { return random.uniform(); });
    } else {
      fill(image, box, [&] { return value_; });
    }
    return image;
  }

 private:
  static void check_range(const std::string& name, const std::vector<double>& range) {
    if (range.size() == 2 && range[0] <= range[1]) return;
    throw sla::Error(name + " must be a minimum and a maximum, such as [0.5, 2]");
  }

  /// Ten attempts to draw a box smaller than the image; an empty one if they fail.
  Box draw(int64_t height, int64_t width, sla::RandomStream& random) const {
    const auto pixels = static_cast<double>(height * width);
    const double low = std::log(aspect_[0]);
    const double high = std::log(aspect_[1]);
    for (int attempt = 0; attempt < 10; ++attempt) {
      const double area = pixels * (area_[0] + (area_[1] - area_[0]) * random.uniform());
      const double aspect = std::exp(low + (high - low) * random.uniform());
      const int64_t tall = std::lrint(std::sqrt(area * aspect));
      const int64_t wide = std::lrint(std::sqrt(area / aspect));
      if (tall >= height || wide >= width) continue;
      return {random.below(height - tall + 1), random.below(width - wide + 1), tall, wide};
    }
    return {0, 0, 0, 0};
  }

  double probability_;
  std::vector<double> area_;
  std::vector<double> aspect_;
  bool noise_;
  double value_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<RandomErasing>("random_erasing", "Fills a random box"))
