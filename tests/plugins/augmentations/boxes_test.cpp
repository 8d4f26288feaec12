#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "tests/catch.h"
#include "tests/support/augmented.h"

namespace {

constexpr int64_t kBoxImages = 3000;

/// The box of all filled pixels of a mask [H, W]; it must be filled whole.
struct Box {
  int64_t top = 0, left = 0, height = 0, width = 0;
};

Box box_of(const at::Tensor& mask) {
  const auto extent = [](const at::Tensor& any) {
    const auto filled = any.nonzero().flatten();
    const auto first = filled[0].item<int64_t>();
    return std::pair{first, filled[-1].item<int64_t>() - first + 1};
  };
  if (!mask.any().item<bool>()) return {};
  const auto [top, height] = extent(mask.any(1));
  const auto [left, width] = extent(mask.any(0));
  CHECK(mask.sum().item<int64_t>() == height * width);
  return {top, left, height, width};
}

/// White images of bytes, augmented; which pixels are not white, checked to be so in all channels.
std::vector<at::Tensor> holes(const std::string& augmentation, int64_t height, int64_t width) {
  const auto white = at::ones({kBoxImages, 2, height, width}, at::kByte) * 255;
  const auto images = tests::augmented(augmentation, white).images;
  std::vector<at::Tensor> masks;
  for (int64_t b = 0; b < kBoxImages; ++b) {
    const auto mask = images[b].ne(255);
    CHECK(mask[0].equal(mask[1]));
    masks.push_back(mask[0]);
  }
  return masks;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("Cutout fills squares around uniformly random pixels", "[augmentations]") {
  const int64_t length = GENERATE(4, 5);
  const auto masks = holes("{ plugin = 'cutout', length = " + std::to_string(length) + " }", 8, 10);
  std::map<std::pair<int64_t, int64_t>, int> seen;
  for (const auto& mask : masks) {
    const Box box = box_of(mask);
    // The side is the length unless clipped; the far end tells the centre where it is not.
    const int64_t bottom = box.top + box.height;
    const int64_t right = box.left + box.width;
    const int64_t y = bottom < 8 ? bottom - length + length / 2 : box.top + length / 2;
    const int64_t x = right < 10 ? right - length + length / 2 : box.left + length / 2;
    CHECK(box.height ==
          std::min<int64_t>(8, y - length / 2 + length) - std::max<int64_t>(0, y - length / 2));
    CHECK(box.width ==
          std::min<int64_t>(10, x - length / 2 + length) - std::max<int64_t>(0, x - length / 2));
    ++seen[{y, x}];
  }
  CHECK(seen.size() == 80);
  for (const auto& [centre, count] : seen) {
    CHECK(count > 10);  // of 37.5 expected
    CHECK(count < 70);
  }
}

TEST_CASE("Cutout fills as many squares as asked, with the value asked for", "[augmentations]") {
  const auto type = GENERATE(at::kByte, at::kFloat);
  const auto black = at::zeros({kBoxImages, 1, 6, 6}, type);
  const double white = type == at::kByte ? 255 : 1;
  const auto filled = [&](int count) {
    const auto images =
        tests::augmented(
            "{ plugin = 'cutout', length = 1, fill = 0.2, count = " + std::to_string(count) + " }",
            black)
            .images;
    CHECK(images.max().item<double>() == Approx(count == 0 ? 0 : 0.2 * white));
    return images.ne(0).sum().item<double>() / kBoxImages;
  };
  CHECK(filled(0) == 0);
  CHECK(filled(1) == 1);
  // Three different squares of 36 on average: 36 (1 - (35/36)^3).
  CHECK(filled(3) == Approx(36 * (1 - std::pow(35.0 / 36, 3))).epsilon(0.02));
}

TEST_CASE("random erasing draws area and aspect from their ranges", "[augmentations]") {
  const int64_t side = 100;
  std::vector<double> areas;
  std::vector<double> aspects;
  std::vector<double> tops;
  int64_t erased = 0;
  for (const auto& mask :
       holes("{ plugin = 'random_erasing', area = [0.1, 0.2], aspect = [0.5, 3] }", side, side)) {
    const Box box = box_of(mask);
    if (box.height == 0) continue;
    ++erased;
    areas.push_back(static_cast<double>(box.height * box.width) / (side * side));
    aspects.push_back(std::log(static_cast<double>(box.height) / static_cast<double>(box.width)));
    tops.push_back(static_cast<double>(box.top) / static_cast<double>(side - box.height));
  }
  CHECK(erased == Approx(kBoxImages / 2).epsilon(0.1));
  // Sides are rounded to pixels.
  const auto [smallest, largest] = std::minmax_element(areas.begin(), areas.end());
  CHECK(*smallest == Approx(0.1).epsilon(0.05));
  CHECK(*largest == Approx(0.2).epsilon(0.05));
  CHECK(mean(areas) == Approx(0.15).epsilon(0.02));
  const auto [flattest, tallest] = std::minmax_element(aspects.begin(), aspects.end());
  CHECK(*flattest == Approx(-std::log(2)).epsilon(0.08));
  CHECK(*tallest == Approx(std::log(3)).epsilon(0.08));
  CHECK(mean(aspects) == Approx(std::log(1.5) / 2).margin(0.04));
  CHECK(mean(tops) == Approx(0.5).epsilon(0.05));
}

TEST_CASE("random erasing fills with a value or with noise", "[augmentations]") {
  const auto type = GENERATE(at::kByte, at::kFloat);
  const double white = type == at::kByte ? 255 : 1;
  const auto black = at::zeros({100, 3, 20, 20}, type);
  const auto erased = [&](const std::string& more) {
    const auto images =
        tests::augmented("{ plugin = 'random_erasing', probability = 1, " + more + " }", black)
            .images;
    return images.masked_select(images.ne(0)).to(at::kDouble) / white;
  };
  const auto constant = erased("value = 0.4");
  CHECK(constant.numel() > 100 * 3 * 8);
  CHECK(constant.min().item<double>() == Approx(0.4));
  CHECK(constant.max().item<double>() == Approx(0.4));
  const auto noise = erased("fill = 'noise'");
  CHECK(noise.mean().item<double>() == Approx(0.5).margin(0.02));
  CHECK(noise.std().item<double>() == Approx(1 / std::sqrt(12)).margin(0.02));
  CHECK(noise.max().item<double>() > 0.99);
}

TEST_CASE("a box that never fits erases nothing", "[augmentations]") {
  const auto white = at::ones({8, 1, 4, 4}, at::kByte);
  CHECK(tests::augmented("{ plugin = 'random_erasing', probability = 1, area = [1, 1] }", white)
            .images.equal(white));
}

TEST_CASE("random erasing checks its ranges", "[augmentations]") {
  const auto images = at::zeros({1, 3, 4, 4}, at::kByte);
  for (const std::string wrong : {"area = [0.3, 0.2]", "aspect = [1]"}) {
    CHECK_THROWS_WITH(tests::augmented("{ plugin = 'random_erasing', " + wrong + " }", images),
                      ContainsSubstring("must be a minimum and a maximum"));
  }
}
