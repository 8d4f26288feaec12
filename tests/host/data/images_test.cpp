#include <ATen/ops/arange.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/zeros.h>

#include "host/data/augmentation.h"
#include "host/data/normalisation.h"
#include "host/errors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"

using namespace host::data;

TEST_CASE("an augmented image is a crop of the padded one, perhaps mirrored", "[data]") {
  constexpr int64_t kPadding = 2;
  const auto type = GENERATE(at::kByte, at::kFloat);
  const auto images =
      at::arange(1, 64 * 2 * 4 * 5 + 1, at::kInt).remainder(251).to(type).view({64, 2, 4, 5});
  const sla::RandomStream random(3);
  const auto augmented = augment(images, {kPadding, true}, random);
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
      if (crop.equal(augmented[b])) ++matches, ++seen[draw];
    }
    CHECK(matches >= 1);
  }
  CHECK(std::count_if(seen.begin(), seen.end(), [](int count) { return count > 0; }) > 25);
  // An image's augmentation depends on its place alone.
  CHECK(augment(images.slice(0, 0, 5), {kPadding, true}, random).equal(augmented.slice(0, 0, 5)));
  CHECK(augment(images, {0, false}, random).equal(images));
}

TEST_CASE("normalised bytes are (x / 255 - mean) / std, channels last", "[data]") {
  const auto images = at::arange(2 * 3 * 2 * 2, at::kInt).to(at::kByte).view({2, 3, 2, 2});
  const Normalisation normalisation({{0.1, 0.2, 0.3}, {0.5, 0.4, 0.2}}, 3, at::kDouble);
  const auto normalised = normalisation(images);
  CHECK(normalised.is_contiguous(at::MemoryFormat::ChannelsLast));
  // Byte 13 is image 1, channel 0, pixel (0, 1); byte 23 the last of channel 2.
  CHECK(normalised[1][0][0][1].item<double>() == Approx((13 / 255.0 - 0.1) / 0.5));
  CHECK(normalised[1][2][1][1].item<double>() == Approx((23 / 255.0 - 0.3) / 0.2));
  const auto from_floats = normalisation(images.to(at::kDouble) / 255);
  CHECK(tests::distance(normalised, from_floats) < 1e-12);
  CHECK_THROWS_WITH(Normalisation({{0.1, 0.2}, {0.5}}, 3, at::kFloat),
                    ContainsSubstring("mean has 2 values, the dataset's images have 3 channels"));
}
