#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

#include "sla/random.h"

namespace sla {

/// A part of an image, in pixels.
struct Rectangle {
  /// Columns to the left of it.
  int64_t left = 0;
  /// Rows above it.
  int64_t top = 0;
  /// Its columns.
  int64_t width = 0;
  /// Its rows.
  int64_t height = 0;
};

/// Which rectangles random_rectangle() draws.
struct RectangleRecipe {
  /// The least and the greatest area, as a fraction of the image's.
  std::array<double, 2> area{};
  /// The least and the greatest ratio of width to height.
  std::array<double, 2> aspect{};
  /// How many rows and columns of the image a rectangle leaves out at least.
  int64_t left_out = 0;
};

/// Draws a rectangle of an image of `width` x `height` pixels, with an area that is uniform and an
/// aspect that is log-uniform within the recipe, at a uniform place: the first of ten that fits, or
/// nothing. The algorithm of torchvision's RandomResizedCrop and RandomErasing (Szegedy et al.,
/// "Going Deeper with Convolutions", CVPR 2015, section 6; Zhong et al., "Random Erasing Data
/// Augmentation", AAAI 2020, algorithm 1). `width` and `height` are at least 1, and 0 < aspect[0]
/// <= aspect[1]. Any thread.
inline std::optional<Rectangle> random_rectangle(int64_t width, int64_t height,
                                                 const RectangleRecipe& recipe,
                                                 RandomStream& random) {
  constexpr int kAttempts = 10;
  const auto between = [&random](double least, double greatest) {
    return least + (greatest - least) * random.uniform();
  };
  const auto pixels = static_cast<double>(width * height);
  const std::array log_aspect{std::log(recipe.aspect[0]), std::log(recipe.aspect[1])};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const double area = pixels * between(recipe.area[0], recipe.area[1]);
    const double aspect = std::exp(between(log_aspect[0], log_aspect[1]));
    // Rounded as Python does it, halves to even.
    const int64_t wide = std::lrint(std::sqrt(area * aspect));
    const int64_t tall = std::lrint(std::sqrt(area / aspect));
    if (wide < 1 || wide > width - recipe.left_out) continue;
    if (tall < 1 || tall > height - recipe.left_out) continue;
    const int64_t top = random.below(height - tall + 1);
    const int64_t left = random.below(width - wide + 1);
    return Rectangle{left, top, wide, tall};
  }
  return std::nullopt;
}

/// The largest central rectangle of an image of `width` x `height` pixels whose ratio of width to
/// height is within `aspect`: what torchvision's RandomResizedCrop takes if none of ten fits.
inline Rectangle central_rectangle(int64_t width, int64_t height,
                                   const std::array<double, 2>& aspect) {
  const double ratio = static_cast<double>(width) / static_cast<double>(height);
  const double allowed = std::clamp(ratio, aspect[0], aspect[1]);
  const auto side = [](double length, int64_t whole) {
    return std::clamp<int64_t>(std::lrint(length), 1, whole);
  };
  const int64_t wide = ratio > allowed ? side(static_cast<double>(height) * allowed, width) : width;
  const int64_t tall =
      ratio < allowed ? side(static_cast<double>(width) / allowed, height) : height;
  return {(width - wide) / 2, (height - tall) / 2, wide, tall};
}

}  // namespace sla
