#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "operation.h"

namespace image_operations {

/// One operation of a sub-policy.
struct PolicyStep {
  Operation operation;
  /// Tenths of the probability to apply it.
  int64_t tenths;
  /// The magnitude's level, 0 to 9; ignored by operations without a magnitude.
  int64_t level;
};

/// 25 sub-policies of two operations each; one is chosen for each image.
using Policy = std::array<std::array<PolicyStep, 2>, 25>;

/// The policy "cifar10", "imagenet" or "svhn" of AutoAugment (Cubuk et al., CVPR 2019, appendix:
/// the tables of the policies found on reduced CIFAR-10, reduced ImageNet and reduced SVHN).
const Policy& auto_augment_policy(std::string_view name);

}  // namespace image_operations
