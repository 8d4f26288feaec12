#include "plugins/augmentations/image_operations/operations.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <sstream>

#include "host/storage/safetensors.h"
#include "plugins/augmentations/gaussian_blur/blur.h"
#include "plugins/augmentations/image_operations/auto_augment_policies.h"
#include "plugins/augmentations/image_operations/operation.h"
#include "plugins/augmentations/random_resized_crop/resample.h"
#include "tests/catch.h"

namespace {

using image_operations::Operation;
using Tensors = std::map<std::string, at::Tensor>;

const std::vector<std::string> kNames{"identity",     "shear_x",   "shear_y",    "translate_x",
                                      "translate_y",  "rotate",    "brightness", "color",
                                      "contrast",     "sharpness", "posterize",  "solarize",
                                      "autocontrast", "equalize",  "invert"};
constexpr double kFill = 0.4;

const Tensors& oracle() {
  static const Tensors tensors =
      host::storage::read_safetensors(SLA_SOURCE_DIRECTORY
                                      "/tests/plugins/augmentations/torchvision_oracle.safetensors")
          .tensors;
  return tensors;
}

/// The image [3, height, width] of make_torchvision_oracle.py.
at::Tensor formula(int64_t height, int64_t width) {
  const auto c = at::arange(3, at::kLong).view({3, 1, 1});
  const auto y = at::arange(height, at::kLong).view({1, height, 1});
  const auto x = at::arange(width, at::kLong).view({1, 1, width});
  const auto value = ((5 * x + 3 * y + 11 * c) * (x + 2 * y + 7) + x * y * c).remainder(211);
  return ((value * value).floor_divide(211) + 20 * c).to(at::kByte);
}

/// A name of the oracle, such as "rotate(17) wide".
struct Case {
  std::string operation;
  std::vector<double> arguments;
  at::Tensor image;
};

Case parse(const std::string& name) {
  const auto open = name.find('(');
  const auto close = name.find(')');
  Case parsed{
      name.substr(0, open), {}, name.ends_with("square") ? formula(32, 32) : formula(20, 28)};
  std::istringstream arguments(name.substr(open + 1, close - open - 1));
  for (std::string one; std::getline(arguments, one, ',');) {
    parsed.arguments.push_back(std::stod(one));
  }
  return parsed;
}

/// Applies a case's operation to an image, of bytes or floating point.
at::Tensor result_of(const Case& of, at::Tensor image) {
  const auto& [name, arguments, unused] = of;
  const auto integer = [&](size_t i) { return static_cast<int64_t>(arguments.at(i)); };
  if (name == "bilinear" || name == "bicubic") {
    using random_resized_crop::Interpolation;
    return random_resized_crop::scaled(
        image, {.left = integer(1), .top = integer(0), .width = integer(3), .height = integer(2)},
        name == "bicubic" ? Interpolation::bicubic : Interpolation::bilinear);
  }
  if (name == "blur") {
    gaussian_blur::blur(image, integer(0), arguments.at(1));
  } else if (name == "hue") {
    image_operations::hue(image, arguments.at(0));
  } else if (name == "grayscale") {
    image_operations::grayscale(image);
  } else {
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    REQUIRE(found != kNames.end());
    image_operations::apply(static_cast<Operation>(found - kNames.begin()), image, arguments.at(0),
                            kFill);
  }
  return image;
}

at::Tensor difference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs();
}

/// Operations whose bytes are exactly torchvision's; those of the others may be one level apart,
/// because rounding of float32 and of 16-bit weights differs.
bool is_exact(const std::string& operation) {
  static const std::set<std::string> kInexact{"contrast", "color",   "hue",      "blur",
                                              "bilinear", "bicubic", "grayscale"};
  return !kInexact.contains(operation);
}

}  // namespace

TEST_CASE("operations give torchvision's bytes", "[augmentations]") {
  int cases = 0;
  for (const auto& [name, expected] : oracle()) {
    if (name.find('(') == std::string::npos) continue;
    INFO(name);
    const Case one = parse(name);
    const auto distance = difference(result_of(one, one.image.clone()), expected);
    CHECK(distance.max().item<double>() <= (is_exact(one.operation) ? 0 : 1));
    // Of one level, few.
    CHECK(distance.ne(0).to(at::kDouble).mean().item<double>() <= 0.05);
    // The cases do something.
    CHECK_FALSE(expected.equal(one.image));
    ++cases;
  }
  CHECK(cases == 2 * (25 + 3 + 1 + 3 + 4));
}

TEST_CASE("operations on floating point give what they give on bytes", "[augmentations]") {
  const auto type = GENERATE(at::kFloat, at::kDouble);
  for (const auto& [name, expected] : oracle()) {
    if (name.find('(') == std::string::npos) continue;
    INFO(name);
    const Case one = parse(name);
    const auto image = one.image.to(type) / 255;
    const auto found = result_of(one, image.clone());
    CHECK(found.scalar_type() == type);
    if (one.operation == "posterize") {
      // Steps of white / 2^bits from black, instead of bytes without their last bits.
      const double levels = std::exp2(one.arguments.at(0));
      CHECK(difference(found, (image * levels).floor() / levels).max().item<double>() < 1e-6);
    } else {
      CHECK(difference(found * 255, expected).max().item<double>() < 1.5);
    }
  }
}

TEST_CASE("operations leave images alone that they cannot change", "[augmentations]") {
  const auto type = GENERATE(at::kByte, at::kFloat);
  const auto flat =
      type == at::kByte ? at::full({3, 20, 20}, 77, type) : at::full({3, 20, 20}, 0.3, type);
  for (const std::string name : {"autocontrast", "equalize", "hue", "color", "identity"}) {
    INFO(name);
    const auto found = result_of({name, {0.3}, {}}, flat.clone());
    // The weights of gray add up to 0.9999.
    CHECK(difference(found, flat).max().item<double>() < 1e-4);
  }
  // One channel is gray already.
  const auto gray = formula(8, 9).slice(0, 0, 1).contiguous();
  for (const std::string name : {"grayscale", "hue", "color"}) {
    CHECK(result_of({name, {0.3}, {}}, gray.clone()).equal(gray));
  }
  const auto narrow = formula(2, 9);
  CHECK(result_of({"sharpness", {0.5}, {}}, narrow.clone()).equal(narrow));
}

TEST_CASE("colour operations reject other channels than gray and RGB", "[augmentations]") {
  CHECK_THROWS_WITH(image_operations::saturation(at::zeros({2, 4, 4}, at::kByte), 0.5),
                    ContainsSubstring("1 or 3 channels, not 2"));
}

TEST_CASE("AutoAugment's policies and all magnitudes are torchvision's", "[augmentations]") {
  for (const std::string name : {"cifar10", "imagenet", "svhn"}) {
    INFO(name);
    const auto expected = oracle().at("policy " + name);
    const auto& policy = image_operations::auto_augment_policy(name);
    for (int64_t i = 0; i < 25; ++i) {
      for (int64_t j = 0; j < 2; ++j) {
        const auto& step = policy.at(static_cast<size_t>(i)).at(static_cast<size_t>(j));
        const auto row = expected[i][j];
        CHECK(static_cast<int64_t>(step.operation) == row[0].item<int64_t>());
        CHECK(step.tenths == row[1].item<int64_t>());
        CHECK(step.level == row[2].item<int64_t>());
      }
    }
  }
  const auto usual = image_operations::usual_strengths(20, 28);
  const auto wide = image_operations::wide_strengths();
  for (const auto& [name, strengths] :
       {std::pair{"auto_augment", usual}, {"rand_augment", usual}, {"trivial_augment", wide}}) {
    const auto table = oracle().at(std::string("magnitudes ") + name);
    for (int64_t operation = 0; operation < table.size(0); ++operation) {
      INFO(name << ' ' << kNames.at(static_cast<size_t>(operation)));
      for (int64_t level = 0; level < table.size(1); ++level) {
        const double expected = table[operation][level].item<double>();
        if (expected < 0) continue;  // not in this space
        const double share = static_cast<double>(level) / static_cast<double>(table.size(1) - 1);
        CHECK(image_operations::magnitude(static_cast<Operation>(operation), share, strengths) ==
              Approx(expected).margin(1e-5));
      }
    }
  }
}
