#include <algorithm>
#include <cmath>
#include <vector>

#include "plugins/datasets/image_folder/view.h"
#include "tests/catch.h"

namespace {

using image_folder::CropRecipe;
using image_folder::Window;

constexpr int kDraws = 20'000;

std::vector<Window> draw(int width, int height, const CropRecipe& recipe) {
  std::vector<Window> rectangles;
  for (int64_t i = 0; i < kDraws; ++i) {
    rectangles.push_back(
        image_folder::random_crop_rectangle(width, height, recipe, sla::RandomStream(5).child(i)));
  }
  return rectangles;
}

/// The largest distance of the values' distribution from the uniform one on [0, 1] (Kolmogorov and
/// Smirnov): above 1.95 / sqrt(n) once in a thousand cases.
double distance_from_uniform(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double largest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto count = static_cast<double>(values.size());
    largest = std::max({largest, std::abs(values[i] - static_cast<double>(i) / count),
                        std::abs(values[i] - static_cast<double>(i + 1) / count)});
  }
  return largest;
}

bool equal(const Window& a, const Window& b) {
  return a.left == b.left && a.top == b.top && a.width == b.width && a.height == b.height;
}

}  // namespace

TEST_CASE("random rectangles have uniform area, log-uniform aspect and uniform place",
          "[datasets]") {
  // All attempts fit, so that nothing biases what is drawn.
  const CropRecipe recipe{{0.1, 0.5}, {0.5, 2}};
  constexpr int kSide = 4000;
  std::vector<double> area;
  std::vector<double> aspect;
  std::vector<double> left;
  std::vector<double> top;
  for (const auto& r : draw(kSide, kSide, recipe)) {
    area.push_back((static_cast<double>(r.width) * r.height / (kSide * kSide) - 0.1) / 0.4);
    aspect.push_back(std::log2(static_cast<double>(r.width) / r.height) / 2 + 0.5);
    left.push_back((r.left + 0.5) / (kSide - r.width + 1));
    top.push_back((r.top + 0.5) / (kSide - r.height + 1));
  }
  const double limit = 1.95 / std::sqrt(kDraws);
  CHECK(distance_from_uniform(area) < limit);
  CHECK(distance_from_uniform(aspect) < limit);
  CHECK(distance_from_uniform(left) < limit);
  CHECK(distance_from_uniform(top) < limit);
  // They are independent: a product's mean is that of the means.
  double product = 0;
  for (size_t i = 0; i < area.size(); ++i) product += (area[i] - 0.5) * (aspect[i] - 0.5) / kDraws;
  CHECK(std::abs(product) < 4 / 12.0 / std::sqrt(kDraws));
}

TEST_CASE("random rectangles lie inside images of any shape", "[datasets]") {
  const auto [width, height] = GENERATE(table<int, int>({{500, 375}, {30, 40}, {3, 2}, {1, 1}}));
  for (const auto& r : draw(width, height, {})) {
    const bool inside = r.left >= 0 && r.top >= 0 && r.width > 0 && r.height > 0 &&
                        r.left + r.width <= width && r.top + r.height <= height;
    if (!inside) FAIL(r.left << " " << r.top << " " << r.width << " " << r.height);
  }
}

TEST_CASE("where no rectangle fits, the largest central one is taken", "[datasets]") {
  // By hand: 10 / (3 / 4) = 13.3 rows of 1000; 12 * 4 / 3 = 16 columns of 900.
  for (const auto& r : draw(10, 1000, {{0.5, 1}, {3.0 / 4, 4.0 / 3}})) {
    REQUIRE(equal(r, {0, 493, 10, 13}));
  }
  for (const auto& r : draw(900, 12, {{0.5, 1}, {3.0 / 4, 4.0 / 3}})) {
    REQUIRE(equal(r, {442, 0, 16, 12}));
  }
}
