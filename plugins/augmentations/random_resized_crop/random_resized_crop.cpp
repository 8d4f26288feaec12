#include <sla/augmentation.h>
#include <sla/parameter_range.h>
#include <sla/plugin.h>
#include <sla/random_rectangle.h>

#include <string>

#include "resample.h"

namespace {

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
      : recipe_{sla::range(parameters, "area"), sla::range(parameters, "aspect")},
        interpolation_(parameters.text("interpolation") == "bicubic" ? Interpolation::bicubic
                                                                     : Interpolation::bilinear) {}

  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override {
    const int64_t height = image.size(1);
    const int64_t width = image.size(2);
    const auto box = sla::random_rectangle(width, height, recipe_, random);
    return scaled(image, box.value_or(sla::central_rectangle(width, height, recipe_.aspect)),
                  interpolation_);
  }

 private:
  sla::RectangleRecipe recipe_;
  Interpolation interpolation_;
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<RandomResizedCrop>("random_resized_crop",
                                             "Crops of random area and aspect, scaled back"))
