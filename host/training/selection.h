#pragma once

#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/evaluation/evaluation.h"
#include "host/training/checkpointing.h"

namespace host::training {

/// The metric that selects the best checkpoint and the splits to score for it, or "last": use the
/// last checkpoint, for recipes without validation images.
class Selection {
 public:
  /// Throws ExperimentError if `select` names no metric of an evaluation, or if its split is
  /// empty.
  Selection(const assembly::Assembly& assembly, const std::vector<sla::Prediction>& predictions);

  /// SPLIT.PREDICTION.METRIC, or "last".
  const std::string& metric() const { return metric_; }

  /// The splits that each validation scores: the validation split, if it has images, and the
  /// metric's.
  const std::vector<sla::Split>& splits() const { return splits_; }

  /// The selecting metric's value among a validation's; NaN if the last checkpoint is used.
  double value(const evaluation::Metrics& metrics) const;

  /// Metric and value, for the log.
  std::string text(double value) const;

  /// The same, short enough for a status line: "aggregated.accuracy 74.14".
  std::string short_text(double value) const;

  bool better(double value, const Best& best) const;

 private:
  bool takes_last() const;

  std::string metric_;
  std::vector<sla::Split> splits_;
};

}  // namespace host::training
