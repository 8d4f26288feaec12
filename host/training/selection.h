#pragma once

#include <string>
#include <vector>

#include "host/training/assembly.h"
#include "host/training/checkpointing.h"

namespace host::training {

/// Which metric chooses the best checkpoint, and what must be scored for it.
class Selection {
 public:
  /// Throws ExperimentError where `select` names no figure that an evaluation gives, or its split
  /// is empty.
  Selection(const Assembly& assembly, const std::vector<sla::Prediction>& predictions);

  /// SPLIT.PREDICTION.METRIC
  const std::string& metric() const { return metric_; }

  /// The splits that each validation scores: validation, and that of the metric.
  const std::vector<sla::Split>& splits() const { return splits_; }

  bool better(double figure, const Best& best) const;

 private:
  std::string metric_;
  std::vector<sla::Split> splits_;
};

}  // namespace host::training
