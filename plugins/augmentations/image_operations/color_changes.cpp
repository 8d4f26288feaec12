#include "color_changes.h"

#include <algorithm>
#include <array>
#include <string>

#include "operations.h"

namespace image_operations {

namespace {

/// `default_value` is that of MoCo v2 (Chen et al., 2020) for ColorJitter.
sla::Parameter strength(const std::string& name, double default_value, double maximum) {
  return {.name = name,
          .default_value = default_value,
          .help = "strength of the change of " + name + "; 0: none",
          .minimum = 0,
          .maximum = maximum};
}

sla::Parameter probability(double default_value) {
  return {.name = "probability",
          .default_value = default_value,
          .help = "probability to change an image",
          .minimum = 0,
          .maximum = 1};
}

double between(double low, double high, sla::RandomStream& random) {
  return low + (high - low) * random.uniform();
}

}  // namespace

std::vector<sla::Parameter> ColorJitter::parameters() {
  return {strength("brightness", 0.4, 10), strength("contrast", 0.4, 10),
          strength("saturation", 0.4, 10), strength("hue", 0.1, 0.5), probability(1)};
}

ColorJitter::ColorJitter(const sla::Parameters& parameters, sla::Host&)
    : brightness_(parameters.number("brightness")),
      contrast_(parameters.number("contrast")),
      saturation_(parameters.number("saturation")),
      hue_(parameters.number("hue")),
      probability_(parameters.number("probability")) {}

at::Tensor ColorJitter::augment(const at::Tensor& image, sla::RandomStream random) const {
  if (random.uniform() >= probability_) return image;
  std::array<int, 4> order{0, 1, 2, 3};
  for (int64_t last = 3; last > 0; --last) {
    std::swap(order.at(static_cast<size_t>(last)),
              order.at(static_cast<size_t>(random.below(last + 1))));
  }
  const auto factor = [&](double strength) {
    return between(std::max(0.0, 1 - strength), 1 + strength, random);
  };
  for (const int change : order) {
    if (change == 0 && brightness_ > 0) brightness(image, factor(brightness_));
    if (change == 1 && contrast_ > 0) contrast(image, factor(contrast_));
    if (change == 2 && saturation_ > 0) saturation(image, factor(saturation_));
    if (change == 3 && hue_ > 0) hue(image, between(-hue_, hue_, random));
  }
  return image;
}

std::vector<sla::Parameter> RandomGrayscale::parameters() { return {probability(0.1)}; }

RandomGrayscale::RandomGrayscale(const sla::Parameters& parameters, sla::Host&)
    : probability_(parameters.number("probability")) {}

at::Tensor RandomGrayscale::augment(const at::Tensor& image, sla::RandomStream random) const {
  if (random.uniform() < probability_) grayscale(image);
  return image;
}

}  // namespace image_operations
