#include "host/training/selection.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/base/errors.h"
#include "host/base/metric_name.h"
#include "host/evaluation/evaluation.h"
#include "host/experiment/suggest.h"

namespace host::training {

namespace {

constexpr const char* kLast = "last";

bool is_empty(const assembly::Assembly& assembly, sla::Split split) {
  return assembly.dataset.size(split) == 0;
}

/// Whether targets belong to trials, judging by the first batch of an evaluation.
bool has_trials(const assembly::Assembly& assembly) {
  for (const auto split : {sla::Split::validation, sla::Split::test}) {
    if (is_empty(assembly, split)) continue;
    const auto batch =
        assembly.evaluation_loader(split, assembly.evaluation_sampler(split))->next();
    return assembly.network->objective().targets(batch).trials > 0;
  }
  return false;
}

/// Whether a split has an image of these classes; otherwise their accuracy is not a number.
bool has_image_of(const plugin::Dataset& dataset, sla::Split split,
                  const std::vector<int64_t>& classes) {
  const at::Tensor& labels = dataset.labels(split);
  return std::any_of(classes.begin(), classes.end(), [&](int64_t wanted) {
    return labels.numel() > 0 && labels.eq(wanted).any().item<bool>();
  });
}

/// Every metric that an evaluation may compute.
std::vector<std::string> metrics_on_offer(const assembly::Assembly& assembly,
                                          const std::vector<sla::Prediction>& predictions) {
  const bool by_class = !has_trials(assembly);
  std::vector<std::string> known{kLast};
  for (const auto split : {sla::Split::validation, sla::Split::test}) {
    std::vector<std::string> metrics{"accuracy", "top5_accuracy", "loss"};
    if (by_class) {
      metrics.emplace_back("balanced_accuracy");
      for (const auto& [name, classes] : assembly.dataset.class_groups()) {
        if (has_image_of(assembly.dataset, split, classes)) metrics.push_back(name + "_accuracy");
      }
    }
    for (const auto& prediction : predictions) {
      for (const auto& metric : metrics) {
        known.push_back(evaluation::split_name(split) + "." + prediction.name + "." + metric);
      }
    }
  }
  return known;
}

}  // namespace

Selection::Selection(const assembly::Assembly& assembly,
                     const std::vector<sla::Prediction>& predictions)
    : metric_(assembly.experiment.training.select) {
  if (!is_empty(assembly, sla::Split::validation)) splits_.push_back(sla::Split::validation);
  const std::string place =
      experiment::place_of(assembly.experiment.document, "training", "select");
  if (takes_last()) {
    if (assembly.experiment.training.early_stopping == 0) return;
    throw ExperimentError(place +
                          "[training] select = \"last\", so early_stopping has no metric to go by; "
                          "select a validation metric, or remove early_stopping");
  }
  if (metric_.empty()) metric_ = "validation." + predictions.front().name + ".accuracy";

  const auto known = metrics_on_offer(assembly, predictions);
  if (std::find(known.begin(), known.end(), metric_) == known.end()) {
    throw ExperimentError(place + "[training] select: unknown metric '" + metric_ + "'" +
                          experiment::suggest(metric_, known));
  }
  const sla::Split chosen = evaluation::split_of(MetricName::parse(metric_).split);
  if (is_empty(assembly, chosen)) {
    throw ExperimentError(place + "[training] select = \"" + metric_ + "\", but the " +
                          evaluation::split_name(chosen) +
                          " split is empty; hold images out, take the last checkpoint (select = "
                          "\"last\"), or ask for the test split by name");
  }
  if (chosen != sla::Split::validation) splits_.push_back(chosen);
}

bool Selection::takes_last() const { return metric_ == kLast; }

double Selection::value(const evaluation::Metrics& metrics) const {
  if (takes_last()) return std::numeric_limits<double>::quiet_NaN();
  return metrics.at(metric_);
}

std::string Selection::text(double value) const {
  return takes_last() ? "checkpoint" : fmt::format("{} {:.4f}", metric_, value);
}

std::string Selection::short_text(double value) const {
  const auto name = MetricName::parse(metric_);
  return fmt::format("{}.{} {:.2f}", name.prediction, name.metric, value);
}

bool Selection::better(double value, const Best& best) const {
  // A non-finite value is never better than a finite one, in either direction.
  if (takes_last() || best.iteration < 0 || !std::isfinite(best.value)) return true;
  if (!std::isfinite(value)) return false;
  return MetricName::parse(metric_).larger_is_better() ? value > best.value : value < best.value;
}

}  // namespace host::training
