#include <sla/augmentation.h>
#include <sla/parameter_range.h>
#include <sla/plugin.h>
#include <sla/random_rectangle.h>

#include <cmath>
#include <string>

#include <ATen/Dispatch.h>

namespace {

/// Fills a box of each channel with what `value` returns for each pixel.
template <typename Value>
void fill(const at::Tensor& image, const sla::Rectangle& box, Value value) {
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
        recipe_{sla::range(parameters, "area"), widths(sla::range(parameters, "aspect")), 1},
        noise_(parameters.text("fill") == "noise"),
        value_(parameters.number("value")) {}

  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override {
    if (random.uniform() >= probability_) return image;
    const auto box = sla::random_rectangle(image.size(2), image.size(1), recipe_, random);
    if (!box) return image;
    if (noise_) {
      fill(image, *box, [&] { return random.uniform(); });
    } else {
      fill(image, *box, [&] { return value_; });
    }
    return image;
  }

 private:
  /// Ratios of width to height from those of height to width.
  static std::array<double, 2> widths(const std::array<double, 2>& heights) {
    return {1 / heights[1], 1 / heights[0]};
  }

  double probability_;
  sla::RectangleRecipe recipe_;
  bool noise_;
  double value_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<RandomErasing>("random_erasing", "Fills a random box"))
