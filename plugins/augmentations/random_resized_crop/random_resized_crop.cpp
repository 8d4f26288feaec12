#include <sla/augmentation.h>
#include <sla/error.h>
#include <sla/plugin.h>

#include <cmath>
#include <string>

#include "resample.h"

namespace {

using random_resized_crop::Box;
using random_resized_crop::Interpolation;

/// A crop of random area and aspect (Szegedy et al., CVPR 2015, section 6), scaled to the image's
/// own size. torchvision's algorithm and defaults.
class RandomResizedCrop final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "area",
             .default_value = std::vector<double>{0.08, 1},
             .help = "range of the crop's share of the image's area",
             .minimum = 1e-4,
             .maximum = 1},
            {.name = "aspect",
             .default_value = std::vector<double>{3.0 / 4, 4.0 / 3},
             .help = "range of the crop's width divided by its height",
             .minimum = 1e-3,
             .maximum = 1e3},
            {.name = "interpolation",
             .default_value = std::string("bilinear"),
             .help = "how the crop is scaled; either way without aliasing",
             .choices = {std::string("bilinear"), std::string("bicubic")}}};
  }

  RandomResizedCrop(const sla::Parameters& parameters, sla::Host&)
      : area_(parameters.numbers("area")),
        aspect_(parameters.numbers("aspect")),
        interpolation_(parameters.text("interpolation") == "bicubic" ? Interpolation::bicubic
                                                                     : Interpolation::bilinear) {
    check_range("area", area_);
    check_range("aspect", aspect_);
  }

  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override {
    return scaled(image, draw(image.size(1), image.size(2), random), interpolation_);
  }

 private:
  static void check_range(const std::string& name, const std::vector<double>& range) {
    if (range.size() == 2 && range[0] <= range[1]) return;
    throw sla::Error(name + " must be a minimum and a maximum, such as [0.5, 1]");
  }

  /// Ten attempts to draw a box that fits; then the largest central one whose aspect is allowed.
  Box draw(int64_t height, int64_t width, sla::RandomStream& random) const {
    const auto pixels = static_cast<double>(height * width);
    const double low = std::log(aspect_[0]);
    const double high = std::log(aspect_[1]);
    for (int attempt = 0; attempt < 10; ++attempt) {
      const double area = pixels * (area_[0] + (area_[1] - area_[0]) * random.uniform());
      const double aspect = std::exp(low + (high - low) * random.uniform());
      const int64_t wide = std::lrint(std::sqrt(area * aspect));
      const int64_t tall = std::lrint(std::sqrt(area / aspect));
      if (wide < 1 || wide > width || tall < 1 || tall > height) continue;
      return {random.below(height - tall + 1), random.below(width - wide + 1), tall, wide};
    }
    const auto aspect = std::clamp(static_cast<double>(width) / static_cast<double>(height),
                                   aspect_[0], aspect_[1]);
    const int64_t wide =
        std::clamp<int64_t>(std::lrint(static_cast<double>(height) * aspect), 1, width);
    const int64_t tall =
        std::clamp<int64_t>(std::lrint(static_cast<double>(width) / aspect), 1, height);
    return {(height - tall) / 2, (width - wide) / 2, tall, wide};
  }

  std::vector<double> area_;
  std::vector<double> aspect_;
  Interpolation interpolation_;
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<RandomResizedCrop>("random_resized_crop",
                                             "Crops of random area and aspect, scaled back"))
