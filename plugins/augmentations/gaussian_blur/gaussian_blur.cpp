#include <sla/augmentation.h>
#include <sla/error.h>
#include <sla/parameter_range.h>
#include <sla/plugin.h>

#include <string>

#include "blur.h"

namespace {

/// Blurs images with a Gaussian of random width, as torchvision's GaussianBlur does. SimCLR (Chen
/// et al., ICML 2020, appendix A) has probability 0.5 and a kernel of a tenth of the image's side.
class GaussianBlur final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "kernel",
             .default_value = 3,
             .help = "side of the kernel, in pixels, odd",
             .minimum = 1,
             .maximum = 1001},
            {.name = "sigma",
             .default_value = std::vector<double>{0.1, 2},
             .help = "range of the standard deviation, in pixels",
             .minimum = 1e-3,
             .maximum = 1e3},
            {.name = "probability",
             .default_value = 1.0,
             .help = "probability to blur an image",
             .minimum = 0,
             .maximum = 1}};
  }

  GaussianBlur(const sla::Parameters& parameters, sla::Host&)
      : kernel_(parameters.integer("kernel")),
        sigma_(sla::range(parameters, "sigma")),
        probability_(parameters.number("probability")) {
    if (kernel_ % 2 == 0) {
      throw sla::Error("kernel = " + std::to_string(kernel_) + " has no central pixel; set it to " +
                       std::to_string(kernel_ + 1));
    }
  }

  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override {
    if (random.uniform() >= probability_) return image;
    const double sigma = sigma_[0] + (sigma_[1] - sigma_[0]) * random.uniform();
    gaussian_blur::blur(image, kernel_, sigma);
    return image;
  }

 private:
  int64_t kernel_;
  std::array<double, 2> sigma_;
  double probability_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<GaussianBlur>("gaussian_blur", "Random Gaussian blur"))
