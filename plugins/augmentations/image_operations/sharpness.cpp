#include <ATen/Dispatch.h>

#include <vector>

#include "operations.h"
#include "pixels.h"

namespace image_operations {

namespace {

/// The mean with weight 5 for the centre and 1 for each neighbour; of bytes, rounded.
template <typename T>
Real<T> smoothed(const T* above, const T* row, const T* below, int64_t x) {
  using Sum = std::conditional_t<kIsByte<T>, int, T>;
  const auto three = [x](const T* of) { return Sum(of[x - 1]) + of[x] + of[x + 1]; };
  const Sum sum = three(above) + three(row) + three(below) + 4 * Sum(row[x]);
  if constexpr (kIsByte<T>) {
    return static_cast<Real<T>>((2 * sum + 13) / 26);
  } else {
    return sum / 13;
  }
}

template <typename T>
void sharpen(T* plane, int64_t height, int64_t width, Real<T> others) {
  std::vector<T> above(plane, plane + width);
  std::vector<T> row(plane + width, plane + 2 * width);
  for (int64_t y = 1; y < height - 1; ++y) {
    T* out = plane + y * width;
    const T* below = out + width;
    for (int64_t x = 1; x < width - 1; ++x) {
      const auto value = static_cast<Real<T>>(row[static_cast<size_t>(x)]);
      out[x] = clipped<T>(value + others * (smoothed(above.data(), row.data(), below, x) - value));
    }
    above.swap(row);
    row.assign(below, below + width);
  }
}

}  // namespace

void sharpness(const at::Tensor& image, double factor) {
  const int64_t height = image.size(1);
  const int64_t width = image.size(2);
  if (height < 3 || width < 3) return;
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "sharpness", [&] {
    auto* pixels = image.data_ptr<scalar_t>();
    for (int64_t c = 0; c < image.size(0); ++c) {
      sharpen<scalar_t>(pixels + c * height * width, height, width,
                        static_cast<Real<scalar_t>>(1 - factor));
    }
  });
}

}  // namespace image_operations
