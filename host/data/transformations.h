#pragma once

#include <sla/embedding.h>

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/plugin/transformation.h"

namespace host::data {

/// The Cartesian product of an experiment's transformations; the first one varies slowest.
class Transformations {
 public:
  explicit Transformations(std::vector<plugin::Transformation> transformations)
      : transformations_(std::move(transformations)) {}

  const std::vector<plugin::Transformation>& components() const { return transformations_; }

  /// M of the product; 1 without a transformation.
  int64_t count() const;

  /// A name for each of the M: "identity", "rotation 1", "rotation 1, color_perm 2", ...
  std::vector<std::string> names() const;

  /// The images [B, C, H, W] unchanged, or under all transformations: [B*M, C, H, W], where row
  /// b*M + j is transformation j of image b. Keeps uint8. Throws PluginError.
  at::Tensor apply(const at::Tensor& images, sla::Views views) const;

 private:
  std::vector<plugin::Transformation> transformations_;
};

}  // namespace host::data
