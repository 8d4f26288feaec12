#include <ATen/Dispatch.h>

#include <cmath>

#include "operations.h"
#include "pixels.h"

namespace image_operations {

namespace {

/// Calls `change` with each channel's first pixel and the number of its pixels.
template <typename T, typename Change>
void change_channels(const at::Tensor& image, Change change) {
  const int64_t count = image.size(1) * image.size(2);
  auto* pixels = image.data_ptr<T>();
  for (int64_t c = 0; c < image.size(0); ++c) change(pixels + c * count, count);
}

template <typename T>
void stretch(T* pixels, int64_t count) {
  if (count == 0) return;
  const auto [darkest, brightest] = std::minmax_element(pixels, pixels + count);
  const Real<T> minimum = *darkest;
  const Real<T> range = *brightest - minimum;
  if (range == 0) return;
  const Real<T> scale = range * static_cast<Real<T>>(1.0 / kWhite<T>);
  change_each(pixels, count, [&](T value) { return clipped<T>((value - minimum) / scale); });
}

template <typename T>
T with_bits(T value, int64_t bits) {
  if constexpr (kIsByte<T>) {
    return static_cast<T>(value & (0xff << (8 - bits)));
  } else {
    const T levels = static_cast<T>(int64_t{1} << bits);
    return std::clamp<T>(std::floor(value * levels), 0, levels - 1) / levels;
  }
}

/// One of 256 levels; floating point as in torchvision's conversion to bytes.
template <typename T>
uint8_t level(T value) {
  if constexpr (kIsByte<T>) {
    return value;
  } else {
    return static_cast<uint8_t>(std::clamp(value, T{0}, T{1}) * T{255.999});
  }
}

/// The step of the new levels is the number of pixels, without the brightest level's, over 255.
template <typename T>
void equalize_channel(T* pixels, int64_t count) {
  std::array<int64_t, 256> histogram{};
  for (int64_t i = 0; i < count; ++i) ++histogram[level(pixels[i])];
  const auto brightest =
      std::find_if(histogram.rbegin(), histogram.rend(), [](int64_t n) { return n > 0; });
  if (brightest == histogram.rend()) return;
  const int64_t step = (count - *brightest) / 255;
  if (step == 0) return;
  std::array<T, 256> equalized;
  int64_t below = step / 2;
  for (size_t i = 0; i < 256; ++i) {
    const auto value = static_cast<Real<T>>(std::min<int64_t>(below / step, 255));
    equalized[i] = static_cast<T>(kIsByte<T> ? value : value / 255);
    below += histogram[i];
  }
  change_each(pixels, count, [&](T value) { return equalized[level(value)]; });
}

}  // namespace

void brightness(const at::Tensor& image, double factor) {
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "brightness", [&] {
    const auto scale = static_cast<Real<scalar_t>>(factor);
    change_each(image.data_ptr<scalar_t>(), image.numel(),
                [&](scalar_t value) { return clipped<scalar_t>(value * scale); });
  });
}

void posterize(const at::Tensor& image, int64_t bits) {
  if (bits >= 8) return;
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "posterize", [&] {
    change_each(image.data_ptr<scalar_t>(), image.numel(),
                [&](scalar_t value) { return with_bits(value, bits); });
  });
}

void solarize(const at::Tensor& image, double threshold) {
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "solarize", [&] {
    const auto from = static_cast<Real<scalar_t>>(threshold * kWhite<scalar_t>);
    change_each(image.data_ptr<scalar_t>(), image.numel(), [&](scalar_t value) {
      return value >= from ? static_cast<scalar_t>(kWhite<scalar_t> - value) : value;
    });
  });
}

void autocontrast(const at::Tensor& image) {
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "autocontrast",
                                 [&] { change_channels<scalar_t>(image, stretch<scalar_t>); });
}

void equalize(const at::Tensor& image) {
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "equalize", [&] {
    change_channels<scalar_t>(image, equalize_channel<scalar_t>);
  });
}

void invert(const at::Tensor& image) { solarize(image, 0); }

}  // namespace image_operations
