#include "sla/draft/images/view.h"

#include <algorithm>
#include <cmath>

namespace sla::images {

namespace {

/// Rounded as Python does it, halves to even: the default mode of floating point.
int rounded(double x) { return static_cast<int>(std::nearbyint(x)); }

/// One side of central_view(): `resized` pixels for `length`, of which the central `size`.
Axis central_axis(int length, int resized, int size) {
  const double step = static_cast<double>(length) / resized;
  return {rounded((resized - size) / 2.0) * step, step, size, 0, length};
}

}  // namespace

View random_view(int width, int height, const sla::RectangleRecipe& recipe,
                 sla::RandomStream random, int size) {
  const auto axis = [size](int64_t first, int64_t length) {
    return Axis{static_cast<double>(first), static_cast<double>(length) / size, size,
                static_cast<int>(first), static_cast<int>(first + length)};
  };
  const auto r = sla::random_rectangle(width, height, recipe, random)
                     .value_or(sla::central_rectangle(width, height, recipe.aspect));
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

}  // namespace sla::images
