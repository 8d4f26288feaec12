#pragma once

#include <ATen/core/Tensor.h>

#include "sla/objective.h"

namespace sla {

/// What an objective may offer beside its predictions: what it says of each transformed image by
/// itself. Reports then tell errors of the class from errors of the transformation, and the
/// accuracy under each transformation. An objective derives from it beside Objective:
///
///     class Mine final : public sla::Objective, public sla::RowPredictor { ... };
class RowPredictor {
 public:
  virtual ~RowPredictor() = default;

  /// Joint logits [B*M, N*M], column i*M + j for class i and transformation j; or class logits
  /// [B*M, N] where the objective does not tell the transformations apart. Called on the training
  /// thread in evaluation mode, without gradients, with an embedding of all views.
  virtual at::Tensor row_logits(const Embedding& embedding) = 0;
};

}  // namespace sla
