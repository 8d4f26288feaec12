#include <sla/augmentation.h>
#include <sla/plugin.h>

#include <ATen/TensorOperators.h>

namespace {

/// Random brightness: multiplies an image by a factor between 1 - strength and 1 + strength.
class MyPlugin final : public sla::ImageAugmentation {
 public:
  // The host checks the experiment against this, so the constructor gets only valid values.
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "strength",
             .default_value = 0.4,
             .help = "maximum relative change of brightness",
             .minimum = 0,
             .maximum = 1}};
  }

  MyPlugin(const sla::Parameters& parameters, sla::Host&)
      : strength_(parameters.number("strength")) {}

  // One image [C, H, W], uint8 0..255 or floating point 0..1. Take all random numbers from
  // `random`: it depends on the seed, the batch and the image's position in it.
  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override {
    const double factor = 1 + strength_ * (2 * random.uniform() - 1);
    const double brightest = image.scalar_type() == at::kByte ? 255 : 1;
    return (image.to(at::kFloat) * factor).clamp(0, brightest).to(image.scalar_type());
  }

 private:
  double strength_;
};

}  // namespace

SLA_PLUGIN("0.1.0", sla::component<MyPlugin>("my_plugin", "Random brightness"))
