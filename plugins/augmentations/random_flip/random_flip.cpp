#include <sla/augmentation.h>
#include <sla/plugin.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <ATen/Dispatch.h>

namespace {

template <typename T>
void mirror(T* row, int64_t width) {
  std::reverse(row, row + width);
}

/// Eight bytes at a time from both ends: compilers do not vectorise this for x86-64.
void mirror(uint8_t* row, int64_t width) {
  int64_t left = 0;
  int64_t right = width;
  for (; right - left >= 16; left += 8, right -= 8) {
    uint64_t first = 0;
    uint64_t last = 0;
    std::memcpy(&first, row + left, 8);
    std::memcpy(&last, row + right - 8, 8);
    first = __builtin_bswap64(first);
    last = __builtin_bswap64(last);
    std::memcpy(row + left, &last, 8);
    std::memcpy(row + right - 8, &first, 8);
  }
  std::reverse(row + left, row + right);
}

/// Flips an image horizontally with a given probability.
class RandomFlip final : public sla::Augmentation {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "probability",
             .default_value = 0.5,
             .help = "probability of a horizontal flip",
             .minimum = 0,
             .maximum = 1}};
  }

  RandomFlip(const sla::Parameters& parameters, sla::Host&)
      : probability_(parameters.number("probability")) {}

  void apply(sla::Batch& batch, const sla::BatchRandom& random) const override {
    const at::Tensor& images = batch.images;
    const int64_t rows = images.size(1) * images.size(2);
    const int64_t width = images.size(3);
    AT_DISPATCH_ALL_TYPES(images.scalar_type(), "random_flip", [&] {
      auto* image = images.data_ptr<scalar_t>();
      for (int64_t b = 0; b < images.size(0); ++b, image += rows * width) {
        if (random.image(b).uniform() >= probability_) continue;
        for (int64_t row = 0; row < rows; ++row) mirror(image + row * width, width);
      }
    });
  }

 private:
  double probability_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<RandomFlip>("random_flip", "Random horizontal flips"))
