#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/evaluation/observer.h"
#include "host/evaluation/pass.h"
#include "host/evaluation/score.h"

namespace host::evaluation {

/// The scores of predictions on a split.
struct Evaluation {
  /// By PREDICTION.METRIC, such as "aggregated.accuracy"; see Score for the metrics. Empty if the
  /// split is.
  Metrics metrics = {};
  /// The confusion matrix of each prediction whose targets are the dataset's classes.
  std::map<std::string, at::Tensor> confusion = {};
};

/// "train", "validation" or "test", and back. Throws ExperimentError.
std::string split_name(sla::Split split);
sla::Split split_of(const std::string& name);

/// The predictions that [evaluation] predictions lists, by default all of the objective's. Throws
/// ExperimentError for one that the objective does not offer.
std::vector<sla::Prediction> chosen_predictions(const assembly::Assembly& assembly);

/// All that is scored of a split, named after it.
ScoredImages whole_split(const assembly::Assembly& assembly, sla::Split split);

/// Scores predictions on images, with the network in evaluation mode; its mode is restored
/// afterwards. Returns nullopt if a stop or a save was requested. An `observer`, if given, sees
/// everything that is scored.
std::optional<Evaluation> evaluate(const assembly::Assembly& assembly, const ScoredImages& scored,
                                   const std::vector<sla::Prediction>& predictions,
                                   Observer* observer = nullptr);

/// The same for all of a split.
std::optional<Evaluation> evaluate(const assembly::Assembly& assembly, sla::Split split,
                                   const std::vector<sla::Prediction>& predictions,
                                   Observer* observer = nullptr);

/// Prefixes each name, usually with a split's: "validation.aggregated.accuracy".
Metrics prefixed(const std::string& prefix, const Metrics& metrics);

/// The metrics of one split as a human-readable table, one line per prediction.
std::string format_table(const Metrics& metrics);

}  // namespace host::evaluation
