#include "view.h"

#include <algorithm>
#include <cmath>

namespace image_folder {

namespace {

/// Rounded as Python does it, halves to even: the default mode of floating point.
int rounded(double x) { return static_cast<int>(std::nearbyint(x)); }

double between(const std::array<double, 2>& range, sla::RandomStream& random) {
  return range[0] + (range[1] - range[0]) * random.uniform();
}

Window central(int width, int height, const std::array<double, 2>& aspect) {
  Window crop{0, 0, width, height};
  const double ratio = static_cast<double>(width) / height;
  if (ratio < aspect[0]) crop.height = std::clamp(rounded(width / aspect[0]), 1, height);
  if (ratio > aspect[1]) crop.width = std::clamp(rounded(height * aspect[1]), 1, width);
  crop.left = (width - crop.width) / 2;
  crop.top = (height - crop.height) / 2;
  return crop;
}

/// One side of central_view(): `resized` pixels for `length`, of which the central `size`.
Axis central_axis(int length, int resized, int size) {
  const double step = static_cast<double>(length) / resized;
  return {rounded((resized - size) / 2.0) * step, step, size, 0, length};
}

}  // namespace

Window random_crop_rectangle(int width, int height, const CropRecipe& recipe,
                             sla::RandomStream random) {
  constexpr int kAttempts = 10;
  const std::array log_aspect{std::log(recipe.aspect[0]), std::log(recipe.aspect[1])};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const double area = between(recipe.area, random) * width * height;
    const double aspect = std::exp(between(log_aspect, random));
    const int w = rounded(std::sqrt(area * aspect));
    const int h = rounded(std::sqrt(area / aspect));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    const auto top = static_cast<int>(random.below(height - h + 1));
    const auto left = static_cast<int>(random.below(width - w + 1));
    return {left, top, w, h};
  }
  return central(width, height, recipe.aspect);
}

View rectangle_view(const Window& r, int size) {
  const auto axis = [size](int first, int length) {
    return Axis{static_cast<double>(first), static_cast<double>(length) / size, size, first,
                first + length};
  };
  return {axis(r.left, r.width), axis(r.top, r.height)};
}

View central_view(int width, int height, int resize, int size) {
  const int64_t shorter = std::min(width, height);
  // int() in torchvision rounds down.
  const auto resized = [&](int64_t side) {
    return side == shorter ? resize : static_cast<int>(int64_t{resize} * side / shorter);
  };
  return {central_axis(width, resized(width), size), central_axis(height, resized(height), size)};
}

}  // namespace image_folder
