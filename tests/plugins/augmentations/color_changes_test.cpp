#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>

#include "plugins/augmentations/image_operations/operations.h"
#include "tests/catch.h"
#include "tests/support/augmented.h"

namespace {

constexpr int64_t kColorImages = 2000;

at::Tensor jittered(const std::string& strengths, const at::Tensor& images) {
  return tests::augmented(
             "{ plugin = 'image_operations', component = 'color_jitter', " + strengths + " }",
             images)
      .images;
}

/// Pixels 0 and 1, gray, for each image.
at::Tensor black_and_white() {
  return at::tensor({0.0, 1.0}).to(at::kDouble).view({1, 1, 1, 2}).expand({kColorImages, 1, 1, 2});
}

/// Checks numbers for a uniform distribution on [low, high].
void check_uniform(const at::Tensor& numbers, double low, double high) {
  CHECK(numbers.min().item<double>() >= low - 1e-9);
  CHECK(numbers.max().item<double>() <= high + 1e-9);
  CHECK(numbers.mean().item<double>() == Approx((low + high) / 2).margin(0.02 * (high - low)));
  CHECK(numbers.std().item<double>() == Approx((high - low) / std::sqrt(12)).epsilon(0.05));
}

const std::string kNone = "brightness = 0, contrast = 0, saturation = 0, hue = 0";

}  // namespace

TEST_CASE("colour jitter draws factors uniformly", "[augmentations]") {
  const auto flat = at::full({kColorImages, 3, 1, 1}, 0.5, at::kDouble);
  const auto brightness = jittered("brightness = 0.4, contrast = 0, saturation = 0, hue = 0", flat);
  check_uniform(brightness.select(1, 0).flatten() / 0.5, 0.6, 1.4);

  const auto contrast = jittered("brightness = 0, contrast = 0.7, saturation = 0, hue = 0",
                                 black_and_white() * 0.2 + 0.4);
  check_uniform((contrast.select(3, 1) - contrast.select(3, 0)).flatten() / 0.2, 0.3, 1.7);

  const auto colors = at::tensor({0.4, 0.5, 0.6})
                          .to(at::kDouble)
                          .view({1, 3, 1, 1})
                          .expand({kColorImages, 3, 1, 1});
  const auto saturation = jittered("brightness = 0, contrast = 0, saturation = 2, hue = 0", colors);
  check_uniform((saturation.select(1, 2) - saturation.select(1, 0)).flatten() / 0.2, 0, 3);

  // From red, a turn of less than a sixth raises green or blue alone.
  const auto red = at::tensor({1.0, 0.0, 0.0}).to(at::kDouble).view({1, 3, 1, 1});
  const auto hue = jittered("brightness = 0, contrast = 0, saturation = 0, hue = 0.15",
                            red.expand({kColorImages, 3, 1, 1}));
  check_uniform((hue.select(1, 1) - hue.select(1, 2)).flatten() / 6, -0.15, 0.15);
}

TEST_CASE("colour jitter changes in random order", "[augmentations]") {
  // With factors 1 < b and c < 1: brightness clips white, so that contrast after it keeps the mean
  // of 1/2; the other way round, the mean is above. That is a quarter of all images, and half of
  // them have either order.
  const auto found =
      jittered("brightness = 1, contrast = 1, saturation = 0, hue = 0", black_and_white());
  const auto sum = found.sum(at::IntArrayRef{3}).flatten();
  const auto gray = found.select(3, 0).flatten() > 0;
  const auto brightness_first = ((sum - 1).abs() < 1e-9).logical_and(gray);
  CHECK(brightness_first.to(at::kDouble).mean().item<double>() == Approx(0.125).margin(0.03));
}

TEST_CASE("colour jitter without strength or probability changes nothing", "[augmentations]") {
  const auto images = at::arange(48, at::kInt).to(at::kByte).view({4, 3, 2, 2});
  CHECK(jittered(kNone, images).equal(images));
  CHECK(jittered("probability = 0", images).equal(images));
  CHECK_FALSE(jittered("probability = 1", images).equal(images));
}

TEST_CASE("random grayscale has its probability", "[augmentations]") {
  const auto image = at::arange(12, at::kInt).to(at::kByte).mul(20).view({3, 2, 2});
  auto gray = image.clone();
  image_operations::grayscale(gray);
  const auto found = tests::augmented(
                         "{ plugin = 'image_operations', component = 'random_grayscale',"
                         " probability = 0.3 }",
                         image.expand({kColorImages, 3, 2, 2}).contiguous())
                         .images;
  int64_t grays = 0;
  for (int64_t b = 0; b < kColorImages; ++b) {
    const bool is_gray = found[b].equal(gray);
    CHECK((is_gray || found[b].equal(image)));
    grays += is_gray ? 1 : 0;
  }
  CHECK(grays == Approx(0.3 * kColorImages).margin(100));
}
