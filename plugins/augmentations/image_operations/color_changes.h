#pragma once

#include <sla/augmentation.h>
#include <sla/host.h>
#include <sla/parameters.h>

#include <vector>

namespace image_operations {

/// Random brightness, contrast, saturation and hue, in a random order, as in torchvision's
/// ColorJitter. Strength s draws a factor from [max(0, 1 - s), 1 + s], and hue's turn from [-s, s].
class ColorJitter final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters();
  ColorJitter(const sla::Parameters& parameters, sla::Host&);
  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override;

 private:
  double brightness_;
  double contrast_;
  double saturation_;
  double hue_;
  double probability_;
};

/// Replaces an image's channels by its gray values with a given probability.
class RandomGrayscale final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters();
  RandomGrayscale(const sla::Parameters& parameters, sla::Host&);
  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override;

 private:
  double probability_;
};

}  // namespace image_operations
