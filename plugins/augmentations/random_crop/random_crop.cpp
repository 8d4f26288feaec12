#include <sla/augmentation.h>
#include <sla/plugin.h>

#include <algorithm>
#include <cstdint>

#include <ATen/Dispatch.h>
#include <ATen/ops/empty_like.h>

namespace {

/// Shifts one plane of height x width, filling with zeros.
template <typename T>
void shift(const T* in, T* out, int64_t height, int64_t width, int64_t down, int64_t right) {
  const int64_t from = std::clamp<int64_t>(right, 0, width);
  const int64_t to = std::clamp<int64_t>(-right, 0, width);
  const int64_t kept = std::max<int64_t>(0, width - std::abs(right));
  for (int64_t y = 0; y < height; ++y, out += width) {
    const int64_t source = y + down;
    if (source < 0 || source >= height) {
      std::fill_n(out, width, T{0});
      continue;
    }
    std::fill_n(out, to, T{0});
    std::copy_n(in + source * width + from, kept, out + to);
    std::fill_n(out + to + kept, width - to - kept, T{0});
  }
}

/// A random crop of the image's own size after zero-padding, as in CIFAR's reference recipe: every
/// shift of at most `padding` pixels is equally likely.
class RandomCrop final : public sla::Augmentation {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "padding",
             .default_value = 4,
             .help = "zero-padding on each side before the crop, in pixels",
             .minimum = 0,
             .maximum = 1024}};
  }

  RandomCrop(const sla::Parameters& parameters, sla::Host&)
      : padding_(parameters.integer("padding")) {}

  void apply(sla::Batch& batch, const sla::BatchRandom& random) const override {
    const at::Tensor& images = batch.images;
    at::Tensor cropped = at::empty_like(images);
    const int64_t height = images.size(2);
    const int64_t width = images.size(3);
    AT_DISPATCH_ALL_TYPES(images.scalar_type(), "random_crop", [&] {
      const auto* in = images.data_ptr<scalar_t>();
      auto* out = cropped.data_ptr<scalar_t>();
      for (int64_t b = 0; b < images.size(0); ++b) {
        auto own = random.image(b);
        const int64_t down = own.below(2 * padding_ + 1) - padding_;
        const int64_t right = own.below(2 * padding_ + 1) - padding_;
        for (int64_t c = 0; c < images.size(1); ++c, in += height * width, out += height * width) {
          shift(in, out, height, width, down, right);
        }
      }
    });
    batch.images = cropped;
  }

 private:
  int64_t padding_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<RandomCrop>("random_crop", "Random crops after zero-padding"))
