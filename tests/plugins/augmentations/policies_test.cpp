#include <ATen/ops/arange.h>

#include <cmath>

#include "plugins/augmentations/image_operations/auto_augment_policies.h"
#include "plugins/augmentations/image_operations/operation.h"
#include "tests/catch.h"
#include "tests/support/augmented.h"

namespace {

using image_operations::Operation;
using image_operations::Strengths;

/// How probable each result of an image is; results are the bytes of the image.
using Distribution = std::map<std::string, double>;

constexpr int64_t kSide = 20;
constexpr int64_t kPolicyImages = 4000;

at::Tensor picture() {
  const auto numbers = at::arange(3 * kSide * kSide, at::kLong);
  return (numbers * numbers).remainder(211).to(at::kByte).view({3, kSide, kSide});
}

std::string bytes(const at::Tensor& image) {
  return {reinterpret_cast<const char*>(image.data_ptr<uint8_t>()),
          static_cast<size_t>(image.numel())};
}

/// What `before` becomes under an operation with a random sign.
Distribution after(const Distribution& before, Operation operation, double level,
                   const Strengths& full) {
  const double amount = image_operations::magnitude(operation, level, full);
  const bool both = image_operations::is_signed(operation);
  Distribution results;
  for (const auto& [image, probability] : before) {
    for (const double sign : both ? std::vector<double>{1, -1} : std::vector<double>{1}) {
      auto changed = picture();
      std::copy(image.begin(), image.end(), changed.data_ptr<uint8_t>());
      image_operations::apply(operation, changed, sign * amount, /*fill=*/0.5);
      results[bytes(changed)] += probability / (both ? 2 : 1);
    }
  }
  return results;
}

void add(Distribution& sum, const Distribution& part, double weight) {
  for (const auto& [image, probability] : part) sum[image] += weight * probability;
}

const Distribution kOriginal{{bytes(picture()), 1}};

/// Augments the same picture many times. Every result must be an expected one and, within five
/// standard deviations, as frequent as expected.
void check(const std::string& augmentation, const Distribution& expected) {
  const auto images = picture().expand({kPolicyImages, 3, kSide, kSide}).contiguous();
  const auto found =
      tests::augmented("{ plugin = 'image_operations', fill = 0.5, " + augmentation + " }", images)
          .images;
  std::map<std::string, int64_t> counts;
  for (int64_t b = 0; b < kPolicyImages; ++b) ++counts[bytes(found[b])];
  for (const auto& [image, count] : counts) CHECK(expected.contains(image));
  double total = 0;
  for (const auto& [image, probability] : expected) {
    const double mean = kPolicyImages * probability;
    const double deviation = std::sqrt(mean * (1 - probability));
    CHECK(std::abs(static_cast<double>(counts[image]) - mean) <= 5 * deviation + 1);
    total += probability;
  }
  CHECK(total == Approx(1));
}

}  // namespace

TEST_CASE("AutoAugment draws the policy's operations with their probabilities", "[augmentations]") {
  const std::string name = GENERATE("cifar10", "imagenet", "svhn");
  const auto full = image_operations::usual_strengths(kSide, kSide);
  Distribution expected;
  for (const auto& steps : image_operations::auto_augment_policy(name)) {
    Distribution images = kOriginal;
    for (const auto& [operation, tenths, level] : steps) {
      const double probability = static_cast<double>(tenths) / 10;
      Distribution next;
      add(next, images, 1 - probability);
      add(next, after(images, operation, static_cast<double>(level) / 9, full), probability);
      images = next;
    }
    add(expected, images, 1.0 / 25);
  }
  std::erase_if(expected, [](const auto& one) { return one.second == 0; });
  check("component = 'auto_augment', policy = '" + name + "'", expected);
}

TEST_CASE("RandAugment draws its operations uniformly, at one level", "[augmentations]") {
  const auto full = image_operations::usual_strengths(kSide, kSide);
  const auto drawn = [&](const Distribution& before) {
    Distribution results;
    for (int64_t operation = 0; operation < 14; ++operation) {
      add(results, after(before, static_cast<Operation>(operation), 9.0 / 30, full), 1.0 / 14);
    }
    return results;
  };
  const auto once = drawn(kOriginal);
  check("component = 'rand_augment', operations = 1", once);
  check("component = 'rand_augment'", drawn(once));
  check("component = 'rand_augment', operations = 0", kOriginal);
}

TEST_CASE("TrivialAugment draws an operation and its level uniformly", "[augmentations]") {
  Distribution expected;
  for (int64_t operation = 0; operation < 14; ++operation) {
    for (int64_t level = 0; level <= 30; ++level) {
      add(expected,
          after(kOriginal, static_cast<Operation>(operation), static_cast<double>(level) / 30,
                image_operations::wide_strengths()),
          1.0 / 14 / 31);
    }
  }
  check("component = 'trivial_augment'", expected);
}
