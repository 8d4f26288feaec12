#pragma once

#include <sla/augmentation.h>
#include <sla/host.h>
#include <sla/parameters.h>

#include <string_view>
#include <vector>

#include "auto_augment_policies.h"
#include "operation.h"

namespace image_operations {

/// AutoAugment (Cubuk et al., CVPR 2019): applies to each image one of 25 sub-policies, chosen
/// uniformly: two operations, each with its probability and the level of its magnitude.
class AutoAugment final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters();
  AutoAugment(const sla::Parameters& parameters, sla::Host&);
  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override;

 private:
  const Policy& policy_;
  double fill_;
};

/// RandAugment (Cubuk et al., NeurIPS 2020): applies to each image `operations` operations, drawn
/// uniformly with replacement, all at the same level.
class RandAugment final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters();
  RandAugment(const sla::Parameters& parameters, sla::Host&);
  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override;

 private:
  int64_t operations_;
  double level_;
  double fill_;
};

/// TrivialAugment (Müller, Hutter, ICCV 2021), wide: applies to each image one operation at one
/// of 31 levels, both chosen uniformly.
class TrivialAugment final : public sla::ImageAugmentation {
 public:
  static std::vector<sla::Parameter> parameters();
  TrivialAugment(const sla::Parameters& parameters, sla::Host&);
  at::Tensor augment(const at::Tensor& image, sla::RandomStream random) const override;

 private:
  double fill_;
};

}  // namespace image_operations
