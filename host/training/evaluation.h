#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/training/analysis.h"
#include "host/training/assembly.h"
#include "host/training/score.h"

namespace host::training {

/// What predictions score on a split.
struct Evaluation {
  /// By PREDICTION.METRIC, "aggregated.accuracy"; see Score for the metrics. Empty where the split
  /// is.
  Figures figures = {};
  /// The confusion matrix of each prediction whose answers are the dataset's classes.
  std::map<std::string, at::Tensor> confusion = {};
};

/// "train", "validation" or "test", and back. Throws ExperimentError.
std::string split_name(sla::Split split);
sla::Split split_of(const std::string& name);

/// The predictions that the experiment wants scored, or all of the objective's. Throws
/// ExperimentError for one that it does not offer.
std::vector<sla::Prediction> chosen_predictions(const Assembly& assembly);

/// Scores predictions on a whole split. The network is put into evaluation mode and back. Gives up
/// where a signal that is watched for comes in; then there is nothing. Where an `analysis` of these
/// predictions is given, it sees all that is scored.
std::optional<Evaluation> evaluate(const Assembly& assembly, sla::Split split,
                                   const std::vector<sla::Prediction>& predictions,
                                   Analysis* analysis = nullptr);

/// Puts a network into evaluation mode while it lives.
class EvaluationMode {
 public:
  explicit EvaluationMode(Network& network)
      : network_(network), was_training_(network.is_training()) {
    network_.eval();
  }
  ~EvaluationMode() { network_.train(was_training_); }
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

 private:
  Network& network_;
  bool was_training_;
};

/// Each name with a split's in front: "validation.aggregated.accuracy".
Figures prefixed(const std::string& prefix, const Figures& figures);

/// Whether a larger figure of this metric is better.
bool larger_is_better(const std::string& metric);

/// Figures of one split as lines of a table for people, one prediction a line.
std::string format_table(const Figures& figures);

}  // namespace host::training
