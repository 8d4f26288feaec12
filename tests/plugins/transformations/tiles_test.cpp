#include <ATen/ops/arange.h>

#include <algorithm>
#include <set>

#include "tests/catch.h"
#include "tests/support/assemblies.h"

namespace {

using Image = std::vector<int64_t>;

host::plugin::Transformation transformation(const std::string& parameters) {
  const auto assembly =
      tests::assembly_of("objective.plugin = 'sla'\n[transformation]\n" + parameters);
  return assembly.transformations.components().at(0);
}

/// One image of one channel, numbered row by row, under all transformations.
std::vector<Image> views(const std::string& parameters, int64_t size) {
  const auto object = transformation(parameters).object();
  const auto images = at::arange(size * size, at::kLong).view({1, 1, size, size});
  const auto expanded = object->apply(images).view({object->count(), size * size});
  std::vector<Image> found;
  for (int64_t j = 0; j < object->count(); ++j) {
    const auto row = expanded[j];
    found.emplace_back(row.data_ptr<int64_t>(), row.data_ptr<int64_t>() + row.numel());
  }
  return found;
}

int64_t moved(const Image& a, const Image& b) {
  int64_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) count += a[i] == b[i] ? 0 : 1;
  return count;
}

}  // namespace

TEST_CASE("flip mirrors left-right or top-bottom", "[transformations]") {
  CHECK(views("plugin = 'flip'", 2) == std::vector<Image>{{0, 1, 2, 3}, {1, 0, 3, 2}});
  CHECK(views("plugin = 'flip'\ndirection = 'vertical'", 2) ==
        std::vector<Image>{{0, 1, 2, 3}, {2, 3, 0, 1}});
}

TEST_CASE("a 2x2 jigsaw has all 24 permutations of its tiles", "[transformations]") {
  const auto found = views("plugin = 'jigsaw'", 2);
  CHECK(found.front() == Image{0, 1, 2, 3});
  CHECK(std::set(found.begin(), found.end()).size() == 24);
  for (Image image : found) {
    std::sort(image.begin(), image.end());
    CHECK(image == Image{0, 1, 2, 3});
  }
}

TEST_CASE("tiles move whole", "[transformations]") {
  // Tile by tile, the 4x4 image must match the 2x2 one, in the same order of transformations.
  const auto small = views("plugin = 'jigsaw'", 2);
  const auto large = views("plugin = 'jigsaw'", 4);
  REQUIRE(large.size() == small.size());
  for (size_t j = 0; j < small.size(); ++j) {
    for (int64_t y = 0; y < 4; ++y) {
      for (int64_t x = 0; x < 4; ++x) {
        const int64_t tile = small[j][y / 2 * 2 + x / 2];
        CHECK(large[j][y * 4 + x] == (tile / 2 * 2 + y % 2) * 4 + tile % 2 * 2 + x % 2);
      }
    }
  }
}

TEST_CASE("a few permutations have maximal distance", "[transformations]") {
  // Four permutations of four tiles can differ in all positions: a Latin square.
  const auto four = views("plugin = 'jigsaw'\ncount = 4", 2);
  REQUIRE(four.size() == 4);
  const auto thirty = views("plugin = 'jigsaw'\ngrid = 3\ncount = 30", 3);
  REQUIRE(thirty.size() == 30);
  CHECK(thirty.front() == Image{0, 1, 2, 3, 4, 5, 6, 7, 8});
  for (size_t i = 0; i < four.size(); ++i) {
    for (size_t j = 0; j < i; ++j) CHECK(moved(four[i], four[j]) == 4);
  }
  for (size_t i = 0; i < thirty.size(); ++i) {
    for (size_t j = 0; j < i; ++j) CHECK(moved(thirty[i], thirty[j]) >= 7);
  }
}

TEST_CASE("transformations reject images that they cannot transform", "[transformations]") {
  CHECK_THROWS_WITH(transformation("plugin = 'jigsaw'\ncount = 25"),
                    ContainsSubstring("count = 25, but 4 tiles have only 24 permutations"));
  CHECK_THROWS_WITH(views("plugin = 'jigsaw'\ngrid = 3", 4),
                    ContainsSubstring("4x4 pixels cannot be cut into 3x3 equal tiles"));
  CHECK_THROWS_WITH(views("plugin = 'color_perm'", 4),
                    ContainsSubstring("need images with 3 channels, not 1"));
}
