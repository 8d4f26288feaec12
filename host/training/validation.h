#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/evaluation/evaluation.h"
#include "host/training/selection.h"

namespace host::training {

/// What each validation of a run scores: the splits that the selection asks for and, beside the
/// validation split, a sample of the training images without augmentation.
class Validation {
 public:
  /// All that it is given must outlive this object.
  Validation(const assembly::Assembly& assembly, const Selection& selection,
             const std::vector<sla::Prediction>& predictions);

  /// All metrics, as "validation.PREDICTION.METRIC" and "training_sample.PREDICTION.METRIC";
  /// nullopt if a stop or a save was requested. Changes no state that training depends on.
  std::optional<evaluation::Metrics> operator()() const;

 private:
  const assembly::Assembly& assembly_;
  const std::vector<sla::Prediction>& predictions_;
  std::vector<evaluation::ScoredImages> scored_;
};

}  // namespace host::training
