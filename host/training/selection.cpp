#include "host/training/selection.h"

#include <algorithm>
#include <cmath>

#include "host/errors.h"
#include "host/experiment/suggest.h"
#include "host/training/evaluation.h"

namespace host::training {

namespace {

bool is_empty(const Assembly& assembly, sla::Split split) {
  return assembly.dataset.call(
      "labels", [&](const sla::Dataset& dataset) { return dataset.labels(split).numel() == 0; });
}

}  // namespace

Selection::Selection(const Assembly& assembly, const std::vector<sla::Prediction>& predictions)
    : metric_(assembly.experiment.training.select) {
  if (metric_.empty()) metric_ = "validation." + predictions.front().name + ".accuracy";
  const std::string place =
      experiment::place_of(assembly.experiment.document, "training", "select");
  std::vector<std::string> known;
  for (const char* split : {"validation", "test"}) {
    for (const auto& prediction : predictions) {
      for (const char* figure : {"accuracy", "top5_accuracy", "loss"}) {
        known.push_back(split + ("." + prediction.name) + "." + figure);
      }
    }
  }
  if (std::find(known.begin(), known.end(), metric_) == known.end()) {
    throw ExperimentError(place + "[training] select names no metric '" + metric_ + "'" +
                          experiment::suggest(metric_, known));
  }
  const sla::Split chosen = split_of(metric_.substr(0, metric_.find('.')));
  if (is_empty(assembly, chosen)) {
    throw ExperimentError(place + "[training] select = \"" + metric_ + "\", but the " +
                          split_name(chosen) +
                          " split is empty; hold images out (dataset.validation), or ask for the "
                          "test split by name");
  }
  if (!is_empty(assembly, sla::Split::validation)) splits_.push_back(sla::Split::validation);
  if (chosen != sla::Split::validation) splits_.push_back(chosen);
}

bool Selection::better(double figure, const Best& best) const {
  // What is not finite is never better than what is, in either direction.
  if (best.iteration < 0 || !std::isfinite(best.figure)) return true;
  if (!std::isfinite(figure)) return false;
  return larger_is_better(metric_) ? figure > best.figure : figure < best.figure;
}

}  // namespace host::training
