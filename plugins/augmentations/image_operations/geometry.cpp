#include <ATen/Dispatch.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "operations.h"
#include "pixels.h"

namespace image_operations {

namespace {

/// Where a pixel comes from: x from xx * x + xy * y + x0, y from yx * x + yy * y + y0, where (0, 0)
/// is the image's centre.
struct Origin {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;
};

constexpr int64_t kOutside = -1;

/// For each pixel the position of the nearest one to its origin, or kOutside.
std::vector<int64_t> sources(const Origin& from, int64_t height, int64_t width) {
  std::vector<int64_t> positions;
  positions.reserve(static_cast<size_t>(height * width));
  const double right = static_cast<double>(width - 1) / 2;
  const double down = static_cast<double>(height - 1) / 2;
  for (int64_t row = 0; row < height; ++row) {
    const double y = static_cast<double>(row) - down;
    for (int64_t column = 0; column < width; ++column) {
      const double x = static_cast<double>(column) - right;
      const int64_t source_x = std::lrint(from.xx * x + from.xy * y + from.x0 + right);
      const int64_t source_y = std::lrint(from.yx * x + from.yy * y + from.y0 + down);
      const bool inside = source_x >= 0 && source_x < width && source_y >= 0 && source_y < height;
      positions.push_back(inside ? source_y * width + source_x : kOutside);
    }
  }
  return positions;
}

void move_pixels(const at::Tensor& image, const Origin& from, double fill) {
  const auto positions = sources(from, image.size(1), image.size(2));
  const auto count = static_cast<int64_t>(positions.size());
  AT_DISPATCH_FLOATING_TYPES_AND(at::kByte, image.scalar_type(), "geometry", [&] {
    const double value = fill * kWhite<scalar_t>;
    const auto outside = static_cast<scalar_t>(kIsByte<scalar_t> ? std::round(value) : value);
    auto* plane = image.data_ptr<scalar_t>();
    std::vector<scalar_t> old(positions.size());
    for (int64_t c = 0; c < image.size(0); ++c, plane += count) {
      std::copy_n(plane, count, old.begin());
      for (size_t i = 0; i < positions.size(); ++i) {
        plane[i] = positions[i] == kOutside ? outside : old[static_cast<size_t>(positions[i])];
      }
    }
  });
}

/// From the image's top left corner to its centre, in pixels.
double half(int64_t pixels) { return static_cast<double>(pixels) / 2; }

}  // namespace

void shear_x(const at::Tensor& image, double amount, double fill) {
  move_pixels(image, {.xy = amount, .x0 = amount * half(image.size(1))}, fill);
}

void shear_y(const at::Tensor& image, double amount, double fill) {
  move_pixels(image, {.yx = amount, .y0 = amount * half(image.size(2))}, fill);
}

void translate_x(const at::Tensor& image, int64_t pixels, double fill) {
  move_pixels(image, {.x0 = -static_cast<double>(pixels)}, fill);
}

void translate_y(const at::Tensor& image, int64_t pixels, double fill) {
  move_pixels(image, {.y0 = -static_cast<double>(pixels)}, fill);
}

void rotate(const at::Tensor& image, double degrees, double fill) {
  const double angle = degrees / 180 * std::numbers::pi;
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle);
  move_pixels(image, {.xx = cosine, .xy = -sine, .yx = sine, .yy = cosine}, fill);
}

}  // namespace image_operations
