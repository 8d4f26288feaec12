#include <ATen/ops/zeros.h>

#include <cmath>

#include "tests/catch.h"
#include "tests/support/augmented.h"

namespace {

constexpr int64_t kBlurImages = 3000;

}  // namespace

TEST_CASE("Gaussian blur draws from its range with its probability", "[augmentations]") {
  // A single bright pixel: the ratio of its neighbour's weight to its own tells sigma.
  const auto image = at::zeros({1, 5, 5}, at::kDouble);
  image[0][2][2] = 1;
  const auto found =
      tests::augmented("{ plugin = 'gaussian_blur', sigma = [0.5, 1.5], probability = 0.6 }",
                       image.expand({kBlurImages, 1, 5, 5}).contiguous())
          .images.select(1, 0);
  const auto centre = found.select(1, 2).select(1, 2);
  const auto beside = found.select(1, 2).select(1, 3);
  const auto blurred = beside.gt(0);
  CHECK(blurred.to(at::kDouble).mean().item<double>() == Approx(0.6).margin(0.04));
  const auto ratio = (beside / centre).masked_select(blurred);
  const auto sigma = (ratio.log() * -2).pow(-0.5);
  CHECK(sigma.min().item<double>() == Approx(0.5).margin(0.01));
  CHECK(sigma.max().item<double>() == Approx(1.5).margin(0.01));
  CHECK(sigma.mean().item<double>() == Approx(1).margin(0.03));
}

TEST_CASE("a blur's kernel and range are checked", "[augmentations]") {
  const auto images = at::zeros({1, 3, 4, 4}, at::kByte);
  const auto blur = [&](const std::string& parameters) {
    return tests::augmented("{ plugin = 'gaussian_blur', " + parameters + " }", images);
  };
  CHECK_THROWS_WITH(blur("sigma = [2, 1]"), ContainsSubstring("must be a minimum and a maximum"));
  CHECK_THROWS_WITH(blur("kernel = 4"), ContainsSubstring("has no central pixel; set it to 5"));
  CHECK_THROWS_WITH(blur("kernel = 9"), ContainsSubstring("choose a smaller kernel"));
}
