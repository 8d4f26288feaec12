#include <ATen/ops/arange.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "tests/catch.h"
#include "tests/support/augmented.h"

namespace {

constexpr int64_t kCropImages = 3000;

}  // namespace

TEST_CASE("random resized crops have the area and aspect asked for", "[augmentations]") {
  // The image's value is x in one channel and y in the other, so a crop's slopes tell its size.
  const int64_t height = 60;
  const int64_t width = 80;
  const auto x = at::arange(width, at::kDouble).view({1, width}).expand({height, width}) / 100;
  const auto y = at::arange(height, at::kDouble).view({height, 1}).expand({height, width}) / 100;
  const auto images =
      at::stack({x, y}).unsqueeze(0).expand({kCropImages, 2, height, width}).contiguous();
  const auto crops =
      tests::augmented("{ plugin = 'random_resized_crop', area = [0.2, 0.6], aspect = [0.8, 2] }",
                       images)
          .images;
  // Between two central pixels, away from the border's clipping.
  const auto across =
      (crops.select(1, 0).select(2, width / 2 + 5) - crops.select(1, 0).select(2, width / 2 - 5))
          .select(1, 0) *
      10;
  const auto down =
      (crops.select(1, 1).select(1, height / 2 + 5) - crops.select(1, 1).select(1, height / 2 - 5))
          .select(1, 0) *
      10;
  const auto area = across * down;  // of the image's
  CHECK(area.min().item<double>() == Approx(0.2).epsilon(0.03));
  CHECK(area.max().item<double>() == Approx(0.6).epsilon(0.03));
  CHECK(area.mean().item<double>() == Approx(0.4).epsilon(0.02));
  const auto aspect = (across * width / (down * height)).log();
  CHECK(aspect.min().item<double>() == Approx(std::log(0.8)).margin(0.03));
  CHECK(aspect.max().item<double>() == Approx(std::log(2)).margin(0.03));
  CHECK(aspect.mean().item<double>() == Approx(std::log(1.6) / 2).margin(0.02));
  // The centres' mean is the image's centre.
  const auto middle = crops.select(1, 0).mean({1, 2}).mean().item<double>();
  CHECK(middle == Approx(0.395).margin(0.01));
}

TEST_CASE("a crop that never fits is the largest central one", "[augmentations]") {
  const auto images = at::arange(30, at::kDouble).div(30).view({1, 1, 3, 10});
  // Only squares, of the whole area: none fits into 3 x 10.
  const auto found = tests::augmented(
      "{ plugin = 'random_resized_crop', area = [1, 1], aspect = [1, 1] }", images);
  const auto square = images.slice(3, 3, 6).contiguous();
  // Three pixels stretched to ten: the outermost and the central stay.
  CHECK(found.images.select(3, 0).allclose(square.select(3, 0)));
  CHECK(found.images.select(3, 9).allclose(square.select(3, 2)));
  CHECK(found.images.mean().item<double>() == Approx(square.mean().item<double>()));
}

TEST_CASE("a crop's ranges are checked", "[augmentations]") {
  const auto images = at::zeros({1, 3, 4, 4}, at::kByte);
  for (const std::string wrong : {"area = [0.3, 0.2]", "aspect = [1]"}) {
    CHECK_THROWS_WITH(tests::augmented("{ plugin = 'random_resized_crop', " + wrong + " }", images),
                      ContainsSubstring("must be a minimum and a maximum"));
  }
}
