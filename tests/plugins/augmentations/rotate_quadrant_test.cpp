#include <ATen/ops/arange.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/rot90.h>
#include <ATen/ops/zeros.h>

#include "tests/catch.h"
#include "tests/support/augmented.h"

TEST_CASE("a quadrant is turned as annotated", "[augmentations]") {
  const auto type = GENERATE(at::kByte, at::kFloat);
  const int64_t side = GENERATE(6, 7);  // the last row and column of 7 stay
  const auto image = at::arange(2 * side * side, at::kInt).to(type).view({2, side, side});
  const int64_t count = 1600;
  const auto batch = tests::augmented("{ plugin = 'rotate_quadrant' }",
                                      image.expand({count, 2, side, side}).contiguous());
  const auto& turned = batch.annotations.at("turned");
  CHECK(turned.scalar_type() == at::kLong);
  for (int64_t b = 0; b < count; ++b) {
    const auto label = turned[b].item<int64_t>();
    auto expected = image.clone();
    const int64_t top = label >= 8 ? 3 : 0;
    const int64_t left = label / 4 == 1 || label / 4 == 3 ? 3 : 0;
    const auto part = image.slice(1, top, top + 3).slice(2, left, left + 3);
    expected.slice(1, top, top + 3).slice(2, left, left + 3).copy_(part.rot90(label % 4, {1, 2}));
    CHECK(batch.images[b].equal(expected));
  }
  const auto counts = turned.bincount({}, 16);
  CHECK(counts.numel() == 16);
  CHECK(counts.min().item<int64_t>() > 60);
  CHECK(counts.max().item<int64_t>() < 140);
}

TEST_CASE("quadrants of images that are not square are rejected", "[augmentations]") {
  CHECK_THROWS_WITH(
      tests::augmented("{ plugin = 'rotate_quadrant' }", at::zeros({2, 1, 4, 6}, at::kByte)),
      ContainsSubstring("need square images, not 4x6"));
}
