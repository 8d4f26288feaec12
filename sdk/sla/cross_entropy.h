#pragma once

#include <ATen/core/Tensor.h>

#include "sla/parameters.h"

namespace sla {

/// Cross-entropy with label smoothing, so that all classification objectives offer it alike: the
/// target is 1 - epsilon on the label plus epsilon / K on each of the K outputs (Szegedy et al.,
/// "Rethinking the Inception Architecture", CVPR 2016, section 7).
class CrossEntropy {
 public:
  /// The parameter `label_smoothing`, to be listed in the component's parameters().
  static Parameter parameter();

  /// Reads epsilon from the component's parameters.
  explicit CrossEntropy(const Parameters& parameters);

  /// The mean over R rows, 0-dimensional: `logits` is [R, K], `labels` is [R] int64 on the same
  /// device.
  at::Tensor operator()(const at::Tensor& logits, const at::Tensor& labels) const;

  /// The cross-entropy of each row, [R].
  at::Tensor of_rows(const at::Tensor& logits, const at::Tensor& labels) const;

 private:
  double smoothing_;
};

}  // namespace sla
