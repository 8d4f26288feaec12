#pragma once

#include <string>
#include <vector>

#include "host/training/assembly.h"
#include "host/training/checkpointing.h"
#include "host/training/evaluation.h"

namespace host::training {

/// Which metric chooses the best checkpoint, and what must be scored for it; or that the last one
/// is taken, where a recipe has no images to choose by.
class Selection {
 public:
  /// Throws ExperimentError where `select` names no figure that an evaluation gives, or its split
  /// is empty.
  Selection(const Assembly& assembly, const std::vector<sla::Prediction>& predictions);

  /// SPLIT.PREDICTION.METRIC, or "last".
  const std::string& metric() const { return metric_; }

  /// The splits that each validation scores: validation where there is one, and that of the
  /// metric.
  const std::vector<sla::Split>& splits() const { return splits_; }

  /// The figure that counts, out of a validation's; NaN where the last checkpoint is taken.
  double figure(const Figures& figures) const;

  /// Metric and figure, for the log.
  std::string text(double figure) const;

  /// The same, short enough for a status line: "aggregated.accuracy 74.14".
  std::string short_text(double figure) const;

  bool better(double figure, const Best& best) const;

 private:
  bool takes_last() const;

  std::string metric_;
  std::vector<sla::Split> splits_;
};

}  // namespace host::training
