#include <ATen/ops/arange.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <vector>

#include "tests/catch.h"
#include "tests/support/augmented.h"

namespace {

/// 64 images of 2 x 4 x 5 that differ in every pixel.
at::Tensor numbered_images(at::ScalarType type) {
  return at::arange(1, 64 * 2 * 4 * 5 + 1, at::kInt).remainder(251).to(type).view({64, 2, 4, 5});
}

at::Tensor augmented(const std::string& augmentations, const at::Tensor& images,
                     const std::vector<int64_t>& places) {
  return tests::augmented(augmentations, images, {sla::RandomStream(3), places}).images;
}

std::vector<int64_t> first(int64_t count) {
  std::vector<int64_t> places;
  for (int64_t b = 0; b < count; ++b) places.push_back(b);
  return places;
}

const std::string kBoth = "[{ plugin = 'random_crop', padding = 2 }, { plugin = 'random_flip' }]";

}  // namespace

TEST_CASE("crop and flip give a crop of the padded image, possibly mirrored", "[augmentations]") {
  const auto type = GENERATE(at::kByte, at::kFloat);
  const auto images = numbered_images(type);
  const auto found = augmented(kBoth, images, first(64));
  auto padded = at::zeros({64, 2, 8, 9}, images.options());
  padded.slice(2, 2, 6).slice(3, 2, 7).copy_(images);
  std::vector<int> seen(2 * 5 * 5, 0);
  for (int64_t b = 0; b < 64; ++b) {
    int matches = 0;
    for (int64_t draw = 0; draw < 2 * 5 * 5; ++draw) {
      const int64_t down = draw % 5;
      const int64_t right = draw / 5 % 5;
      auto crop = padded[b].slice(1, down, down + 4).slice(2, right, right + 5);
      if (draw >= 25) crop = crop.flip({2});
      if (crop.equal(found[b])) ++matches, ++seen[static_cast<size_t>(draw)];
    }
    CHECK(matches >= 1);
  }
  CHECK(std::count_if(seen.begin(), seen.end(), [](int count) { return count > 0; }) > 25);
}

TEST_CASE("an image's crop and flip depend only on its position", "[augmentations]") {
  const auto images = numbered_images(at::kByte);
  const auto whole = augmented(kBoth, images, first(64));
  CHECK(augmented(kBoth, images.slice(0, 0, 5), first(5)).equal(whole.slice(0, 0, 5)));
  // The second half, as in another process.
  std::vector<int64_t> places = first(64);
  places.erase(places.begin(), places.begin() + 32);
  CHECK(augmented(kBoth, images.slice(0, 32), places).equal(whole.slice(0, 32)));
}

TEST_CASE("a crop may lie outside of the image, and is black there", "[augmentations]") {
  const auto images = numbered_images(at::kByte);
  const auto found = augmented("[{ plugin = 'random_crop', padding = 1000 }]", images, first(64));
  int64_t black = 0;
  for (int64_t b = 0; b < 64; ++b) black += found[b].eq(0).all().item<bool>() ? 1 : 0;
  CHECK(black > 60);
}

TEST_CASE("a flip has probability one, zero, or one half", "[augmentations]") {
  // Rows of 40 and of 5 bytes: with and without whole words at both ends.
  const int64_t width = GENERATE(5, 16, 23, 40);
  const auto images =
      at::arange(64 * 3 * width, at::kInt).remainder(251).to(at::kByte).view({64, 1, 3, width});
  const auto with = [&](const std::string& probability) {
    return augmented("[{ plugin = 'random_flip', probability = " + probability + " }]", images,
                     first(64));
  };
  CHECK(with("1").equal(images.flip({3})));
  CHECK(with("0").equal(images));
  const auto half = with("0.5");
  int64_t flipped = 0;
  for (int64_t b = 0; b < 64; ++b) flipped += half[b].equal(images[b].flip({2})) ? 1 : 0;
  CHECK(flipped > 16);
  CHECK(flipped < 48);
}
