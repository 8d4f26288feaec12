#include <sla/augmentation.h>
#include <sla/plugin.h>

#include <algorithm>
#include <cmath>

#include <ATen/core/Tensor.h>

namespace {

/// The part of [from, from + length) inside an image's side of `size` pixels.
at::Tensor inside(const at::Tensor& image, int64_t dim, int64_t from, int64_t length) {
  const int64_t begin = std::max<int64_t>(0, from);
  return image.slice(dim, begin, std::max(begin, from + length));
}

/// Cutout (DeVries, Taylor, 2017): fills squares whose centres are uniformly random pixels, so that
/// a square may lie partly outside. The paper's lengths are 16 for CIFAR-10, 8 for CIFAR-100 and 20
/// for SVHN (section 4).
class Cutout final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "length",
             .default_value = 16,
             .help = "side of the square, in pixels",
             .minimum = 0,
             .maximum = 1e4},
            {.name = "count",
             .default_value = 1,
             .help = "squares in each image",
             .minimum = 0,
             .maximum = 1000},
            {.name = "fill",
             .default_value = 0.0,
             .help = "value of the squares' pixels; white is 1",
             .minimum = 0,
             .maximum = 1}};
  }

  Cutout(const sla::Parameters& parameters, sla::Host&)
      : length_(parameters.integer("length")),
        count_(parameters.integer("count")),
        fill_(parameters.number("fill")) {}

  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override {
    const double value = image.scalar_type() == at::kByte ? std::round(255 * fill_) : fill_;
    for (int64_t i = 0; i < count_; ++i) {
      const int64_t top = random.below(image.size(1)) - length_ / 2;
      const int64_t left = random.below(image.size(2)) - length_ / 2;
      inside(inside(image, /*dim=*/1, top, length_), /*dim=*/2, left, length_).fill_(value);
    }
    return image;
  }

 private:
  int64_t length_;
  int64_t count_;
  double fill_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Cutout>("cutout", "Fills random squares"))
