#include <sla/random_rectangle.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/catch.h"

namespace {

constexpr int kDraws = 20'000;

/// The rectangles that fit of `kDraws`.
std::vector<sla::Rectangle> draw(int64_t width, int64_t height,
                                 const sla::RectangleRecipe& recipe) {
  std::vector<sla::Rectangle> rectangles;
  for (int64_t i = 0; i < kDraws; ++i) {
    auto random = sla::RandomStream(5).child(i);
    const auto rectangle = sla::random_rectangle(width, height, recipe, random);
    if (rectangle) rectangles.push_back(*rectangle);
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

}  // namespace

TEST_CASE("random rectangles have uniform area, log-uniform aspect and uniform place", "[sdk]") {
  // All attempts fit, so that nothing biases what is drawn.
  constexpr int64_t kSide = 4000;
  std::vector<double> area;
  std::vector<double> aspect;
  std::vector<double> left;
  std::vector<double> top;
  for (const auto& r : draw(kSide, kSide, {{0.1, 0.5}, {0.5, 2}})) {
    const auto width = static_cast<double>(r.width);
    const auto height = static_cast<double>(r.height);
    area.push_back((width * height / (kSide * kSide) - 0.1) / 0.4);
    aspect.push_back(std::log2(width / height) / 2 + 0.5);
    left.push_back((static_cast<double>(r.left) + 0.5) / (kSide - width + 1));
    top.push_back((static_cast<double>(r.top) + 0.5) / (kSide - height + 1));
  }
  REQUIRE(area.size() == kDraws);
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

TEST_CASE("random rectangles lie inside images of any shape", "[sdk]") {
  const auto [width, height] =
      GENERATE(table<int64_t, int64_t>({{500, 375}, {30, 40}, {3, 2}, {2, 2}}));
  const int64_t left_out = GENERATE(0, 1);
  const auto rectangles = draw(width, height, {{0.08, 1}, {3.0 / 4, 4.0 / 3}, left_out});
  CHECK(rectangles.size() > kDraws / 10);
  for (const auto& r : rectangles) {
    const bool inside = r.left >= 0 && r.top >= 0 && r.width > 0 && r.height > 0 &&
                        r.left + r.width <= width && r.top + r.height <= height &&
                        r.width <= width - left_out && r.height <= height - left_out;
    if (!inside) FAIL(r.left << " " << r.top << " " << r.width << " " << r.height);
  }
}

TEST_CASE("if no random rectangle fits, the largest central one can be taken", "[sdk]") {
  CHECK(draw(10, 1000, {{0.5, 1}, {3.0 / 4, 4.0 / 3}}).empty());
  const auto central = [](int64_t width, int64_t height) {
    const auto r = sla::central_rectangle(width, height, {3.0 / 4, 4.0 / 3});
    return std::vector{r.left, r.top, r.width, r.height};
  };
  // By hand: 10 / (3 / 4) = 13.3 rows of 1000; 12 * 4 / 3 = 16 columns of 900.
  CHECK(central(10, 1000) == std::vector<int64_t>{0, 493, 10, 13});
  CHECK(central(900, 12) == std::vector<int64_t>{442, 0, 16, 12});
  CHECK(central(100, 90) == std::vector<int64_t>{0, 0, 100, 90});
}
