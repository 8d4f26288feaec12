#include "host/training/selection.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/errors.h"
#include "host/experiment/suggest.h"
#include "host/training/evaluation.h"

namespace host::training {

namespace {

constexpr const char* kLast = "last";

bool is_empty(const Assembly& assembly, sla::Split split) {
  return assembly.labels(split).numel() == 0;
}

/// Whether answers belong to trials, as the first batch of an evaluation says.
bool has_trials(const Assembly& assembly) {
  for (const auto split : {sla::Split::validation, sla::Split::test}) {
    if (is_empty(assembly, split)) continue;
    const auto batch =
        assembly.evaluation_loader(split, assembly.evaluation_sampler(split))->next();
    return assembly.network->objective().call("targets", [&](const sla::Objective& objective) {
      return objective.targets(batch).trials > 0;
    });
  }
  return false;
}

/// Every metric that an evaluation may give.
std::vector<std::string> metrics_on_offer(const Assembly& assembly,
                                          const std::vector<sla::Prediction>& predictions) {
  std::vector<std::string> figures{"accuracy", "top5_accuracy", "loss"};
  if (!has_trials(assembly)) {
    figures.emplace_back("balanced_accuracy");
    const auto groups = assembly.dataset.call(
        "class_groups", [](const sla::Dataset& dataset) { return dataset.class_groups(); });
    for (const auto& [name, classes] : groups) figures.push_back(name + "_accuracy");
  }
  std::vector<std::string> known{kLast};
  for (const char* split : {"validation", "test"}) {
    for (const auto& prediction : predictions) {
      for (const auto& figure : figures) {
        known.push_back(split + ("." + prediction.name) + "." + figure);
      }
    }
  }
  return known;
}

}  // namespace

Selection::Selection(const Assembly& assembly, const std::vector<sla::Prediction>& predictions)
    : metric_(assembly.experiment.training.select) {
  if (!is_empty(assembly, sla::Split::validation)) splits_.push_back(sla::Split::validation);
  if (takes_last()) return;
  if (metric_.empty()) metric_ = "validation." + predictions.front().name + ".accuracy";

  const std::string place =
      experiment::place_of(assembly.experiment.document, "training", "select");
  const auto known = metrics_on_offer(assembly, predictions);
  if (std::find(known.begin(), known.end(), metric_) == known.end()) {
    throw ExperimentError(place + "[training] select names no metric '" + metric_ + "'" +
                          experiment::suggest(metric_, known));
  }
  const sla::Split chosen = split_of(metric_.substr(0, metric_.find('.')));
  if (is_empty(assembly, chosen)) {
    throw ExperimentError(place + "[training] select = \"" + metric_ + "\", but the " +
                          split_name(chosen) +
                          " split is empty; hold images out, take the last checkpoint (select = "
                          "\"last\"), or ask for the test split by name");
  }
  if (chosen != sla::Split::validation) splits_.push_back(chosen);
}

bool Selection::takes_last() const { return metric_ == kLast; }

double Selection::figure(const Figures& figures) const {
  return takes_last() ? std::numeric_limits<double>::quiet_NaN() : figures.at(metric_);
}

std::string Selection::text(double figure) const {
  return takes_last() ? "checkpoint" : fmt::format("{} {:.4f}", metric_, figure);
}

std::string Selection::short_text(double figure) const {
  return fmt::format("{} {:.2f}", metric_.substr(metric_.find('.') + 1), figure);
}

bool Selection::better(double figure, const Best& best) const {
  // What is not finite is never better than what is, in either direction.
  if (takes_last() || best.iteration < 0 || !std::isfinite(best.figure)) return true;
  if (!std::isfinite(figure)) return false;
  return larger_is_better(metric_) ? figure > best.figure : figure < best.figure;
}

}  // namespace host::training
