#include "policies.h"

namespace image_operations {

namespace {

/// Levels of a magnitude: 10 in AutoAugment, 31 in RandAugment and TrivialAugment.
constexpr int64_t kHighestAutoAugmentLevel = 9;
constexpr int64_t kHighestLevel = 30;

/// The operations that RandAugment and TrivialAugment draw from: all but invert, the last.
constexpr int64_t kDrawnOperations = static_cast<int64_t>(Operation::invert);

sla::Parameter fill_parameter() {
  return {.name = "fill",
          .default_value = 0.0,
          .help = "value of pixels that shear, translate and rotate bring in; white is 1",
          .minimum = 0,
          .maximum = 1};
}

/// Applies an operation at a level in 0..1, with a random sign if it has one.
void apply_at(Operation operation, double level, const Strengths& full, double fill,
              const at::Tensor& image, sla::RandomStream& random) {
  const double amount = magnitude(operation, level, full);
  const bool negative = is_signed(operation) && random.below(2) == 1;
  apply(operation, image, negative ? -amount : amount, fill);
}

double share_of(int64_t level, int64_t highest) {
  return static_cast<double>(level) / static_cast<double>(highest);
}

}  // namespace

std::vector<sla::Parameter> AutoAugment::parameters() {
  return {{.name = "policy",
           .default_value = std::string("cifar10"),
           .help = "the dataset on which the policy was found",
           .choices = {std::string("cifar10"), std::string("imagenet"), std::string("svhn")}},
          fill_parameter()};
}

AutoAugment::AutoAugment(const sla::Parameters& parameters, sla::Host&)
    : policy_(auto_augment_policy(parameters.text("policy"))), fill_(parameters.number("fill")) {}

at::Tensor AutoAugment::augment(const at::Tensor& image, sla::RandomStream random) const {
  const auto full = usual_strengths(image.size(1), image.size(2));
  const auto& steps = policy_.at(static_cast<size_t>(random.below(std::ssize(policy_))));
  for (const auto& step : steps) {
    if (random.below(10) >= step.tenths) continue;
    apply_at(step.operation, share_of(step.level, kHighestAutoAugmentLevel), full, fill_, image,
             random);
  }
  return image;
}

std::vector<sla::Parameter> RandAugment::parameters() {
  return {{.name = "operations",
           .default_value = 2,
           .help = "operations applied to each image, one after another (N in the paper)",
           .minimum = 0,
           .maximum = 100},
          {.name = "magnitude",
           .default_value = 9,
           .help = "the level of all magnitudes (M in the paper); 30 is the strongest",
           .minimum = 0,
           .maximum = kHighestLevel},
          fill_parameter()};
}

RandAugment::RandAugment(const sla::Parameters& parameters, sla::Host&)
    : operations_(parameters.integer("operations")),
      level_(share_of(parameters.integer("magnitude"), kHighestLevel)),
      fill_(parameters.number("fill")) {}

at::Tensor RandAugment::augment(const at::Tensor& image, sla::RandomStream random) const {
  const auto full = usual_strengths(image.size(1), image.size(2));
  for (int64_t i = 0; i < operations_; ++i) {
    const auto operation = static_cast<Operation>(random.below(kDrawnOperations));
    apply_at(operation, level_, full, fill_, image, random);
  }
  return image;
}

std::vector<sla::Parameter> TrivialAugment::parameters() { return {fill_parameter()}; }

TrivialAugment::TrivialAugment(const sla::Parameters& parameters, sla::Host&)
    : fill_(parameters.number("fill")) {}

at::Tensor TrivialAugment::augment(const at::Tensor& image, sla::RandomStream random) const {
  const auto operation = static_cast<Operation>(random.below(kDrawnOperations));
  const double level = share_of(random.below(kHighestLevel + 1), kHighestLevel);
  apply_at(operation, level, wide_strengths(), fill_, image, random);
  return image;
}

}  // namespace image_operations
