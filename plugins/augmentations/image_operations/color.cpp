#include <ATen/Dispatch.h>
#include <sla/error.h>

#include <cmath>
#include <string>

#include "operations.h"
#include "pixels.h"

namespace image_operations {

namespace {

/// Whether the image has colours; throws sla::Error if it is neither gray nor RGB.
bool has_colors(const at::Tensor& image) {
  if (image.size(0) == 1) return false;
  if (image.size(0) == 3) return true;
  throw sla::Error("colour operations need images with 1 or 3 channels, not " +
                   std::to_string(image.size(0)));
}

/// The gray value of a colour; that of bytes is a whole number.
template <typename T>
Real<T> gray(T red, T green, T blue) {
  using R = Real<T>;
  const R value = red * R(0.2989) + green * R(0.587) + blue * R(0.114);
  if constexpr (kIsByte<T>) {
    return static_cast<R>(static_cast<int>(value));
  } else {
    return value;
  }
}

/// Calls `change` with references to the three values of each pixel.
template <typename T, typename Change>
void change_colors(const at::Tensor& image, Change change) {
  const int64_t count = image.size(1) * image.size(2);
  auto* red = image.data_ptr<T>();
  auto* green = red + count;
  auto* blue = green + count;
  for (int64_t i = 0; i < count; ++i) change(red[i], green[i], blue[i]);
}

template <typename T>
double mean_gray(const at::Tensor& image) {
  double sum = 0;
  if (has_colors(image)) {
    change_colors<T>(image, [&](T red, T green, T blue) { sum += gray(red, green, blue); });
  } else {
    const auto* pixels = image.data_ptr<T>();
    for (int64_t i = 0; i < image.numel(); ++i) sum += pixels[i];
  }
  return sum / static_cast<double>(image.size(1) * image.size(2));
}

/// A value of the hexagonal colour circle: `hue` in sixths, 0 to 6; the rest in 0..1. `offset` is
/// 5, 3 and 1 for red, green and blue (Smith, SIGGRAPH 1978, in its form without cases).
template <typename R>
R of_circle(R offset, R hue, R saturation, R value) {
  R k = offset + hue;
  if (k >= 6) k -= 6;
  return value - value * saturation * std::clamp<R>(std::min(k, 4 - k), 0, 1);
}

/// Turns one colour's hue by `sixths` of the circle, in 0 to 6.
template <typename T>
void turn_hue(T& red, T& green, T& blue, Real<T> sixths) {
  using R = Real<T>;
  const R value = std::max({red, green, blue});
  const R range = value - std::min({red, green, blue});
  if (range == 0) return;
  R hue = 0;
  if (value == red) {
    hue = (R(green) - blue) / range;
  } else if (value == green) {
    hue = (R(blue) - red) / range + 2;
  } else {
    hue = (R(red) - green) / range + 4;
  }
  hue += sixths;
  if (hue < 0) hue += 6;
  if (hue >= 6) hue -= 6;
  const auto pixel = [&](R offset) {
    const R result = of_circle<R>(offset, hue, range / value, value / kWhite<T>);
    return clipped<T>(kIsByte<T> ? result * R(255.999) : result);
  };
  red = pixel(5);
  green = pixel(3);
  blue = pixel(1);
}

}  // namespace

void grayscale(const at::Tensor& image) {
  if (!has_colors(image)) return;
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "grayscale", [&] {
    change_colors<scalar_t>(image, [](scalar_t& red, scalar_t& green, scalar_t& blue) {
      red = green = blue = static_cast<scalar_t>(gray(red, green, blue));
    });
  });
}

void contrast(const at::Tensor& image, double factor) {
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "contrast", [&] {
    const auto own = static_cast<Real<scalar_t>>(factor);
    const auto others = static_cast<Real<scalar_t>>((1 - factor) * mean_gray<scalar_t>(image));
    change_each(image.data_ptr<scalar_t>(), image.numel(),
                [&](scalar_t value) { return clipped<scalar_t>(value * own + others); });
  });
}

void saturation(const at::Tensor& image, double factor) {
  if (!has_colors(image)) return;
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "saturation", [&] {
    const auto own = static_cast<Real<scalar_t>>(factor);
    const auto others = static_cast<Real<scalar_t>>(1 - factor);
    change_colors<scalar_t>(image, [&](scalar_t& red, scalar_t& green, scalar_t& blue) {
      const auto added = gray(red, green, blue) * others;
      red = clipped<scalar_t>(red * own + added);
      green = clipped<scalar_t>(green * own + added);
      blue = clipped<scalar_t>(blue * own + added);
    });
  });
}

void hue(const at::Tensor& image, double turn) {
  if (!has_colors(image)) return;
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "hue", [&] {
    const auto sixths = static_cast<Real<scalar_t>>(6 * (turn - std::floor(turn)));
    change_colors<scalar_t>(image, [&](scalar_t& red, scalar_t& green, scalar_t& blue) {
      turn_hue(red, green, blue, sixths);
    });
  });
}

}  // namespace image_operations
