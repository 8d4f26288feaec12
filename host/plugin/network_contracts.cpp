#include "host/plugin/network_contracts.h"

#include <sla/describe.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <set>
#include <string>

#include <ATen/ops/aminmax.h>

#include "host/plugin/refusal.h"

namespace host::plugin {

using sla::describe;

void check_features(const at::Tensor& features, int64_t rows, int64_t feature_size,
                    const Origin& origin) {
  if (features.defined() && features.dim() == 2 && features.size(0) == rows &&
      features.size(1) == feature_size && features.is_floating_point()) {
    return;
  }
  refuse(origin, "features", describe(features),
         fmt::format("[{}, {}] floating point, as feature_size() says", rows, feature_size));
}

void check_maps(const std::vector<at::Tensor>& maps, int64_t rows,
                const std::vector<int64_t>& channels, const Origin& origin) {
  if (maps.size() != channels.size()) {
    refuse(origin, "staged_features", fmt::format("{} maps", maps.size()),
           fmt::format("{}, as stage_channels() says", channels.size()));
  }
  for (size_t s = 0; s < maps.size(); ++s) {
    const auto& map = maps[s];
    if (map.defined() && map.dim() == 4 && map.size(0) == rows && map.size(1) == channels[s]) {
      continue;
    }
    refuse(origin, "staged_features", fmt::format("map {} as {}", s, describe(map)),
           fmt::format("[{}, {}, height, width], as stage_channels() says", rows, channels[s]));
  }
}

void check_needs(const sla::Needs& needs, const Origin& origin) {
  if (needs.copies >= 1) return;
  refuse(origin, "needs", fmt::format("copies = {}", needs.copies), "at least 1");
}

void check_phases(const std::vector<sla::Phase>& phases, const Origin& origin) {
  if (phases.empty() || phases.front().begin != 0) {
    refuse(origin, "phases", phases.empty() ? "no phase" : "a first phase that begins later",
           "at least one phase, the first with begin = 0");
  }
  check_names(names_of(phases), "phases", origin);
  for (size_t i = 1; i < phases.size(); ++i) {
    if (phases[i].begin > phases[i - 1].begin) continue;
    refuse(origin, "phases",
           fmt::format("phase '{}' with begin = {}", phases[i].name, phases[i].begin),
           fmt::format("a begin after {}, that of the phase before", phases[i - 1].begin));
  }
}

void check_predictions(const std::vector<sla::Prediction>& predictions, const Origin& origin) {
  if (predictions.empty()) refuse(origin, "predictions", "none", "at least one prediction");
  check_names(names_of(predictions), "predictions", origin);
}

/// Whether the log has another value of this name.
bool is_taken(const std::string& logged) {
  static const std::set<std::string> names{"loss", "learning_rate", "images_per_second",
                                           "skipped_iterations"};
  return names.contains(logged) || logged.starts_with("loss.") || logged.starts_with("seconds.");
}

void check_loss(const sla::Loss& loss, const Origin& origin) {
  if (loss.terms.empty()) refuse(origin, "loss", "no term", "at least one");
  if (loss.terms.size() > 1) check_names(names_of(loss.terms), "loss", origin);
  const auto named = [](const std::string& name) {
    return name.empty() ? std::string("the loss") : "term '" + name + "' of the loss";
  };
  for (const auto& [name, mean, weight] : loss.terms) {
    if (!mean.defined() || mean.dim() != 0 || !mean.is_floating_point()) {
      refuse(origin, "loss", named(name) + " as " + describe(mean), "one number, floating point");
    }
    if (weight.defined() && (weight.dim() != 0 || weight.requires_grad())) {
      refuse(origin, "loss",
             "the weight of " + named(name) + " as " + describe(weight) +
                 (weight.requires_grad() ? ", with a gradient" : ""),
             "one number without a gradient");
    }
  }
  const bool attached = std::any_of(loss.terms.begin(), loss.terms.end(),
                                    [](const auto& term) { return term.mean.requires_grad(); });
  if (!attached) {
    refuse(origin, "loss", "a loss without a gradient", "a loss attached to the graph");
  }
  for (const auto& [name, value] : loss.logged) {
    if (is_taken(name)) {
      refuse(origin, "loss", "logged '" + name + "'", "a name that the log does not have already");
    }
    if (value.defined() && value.numel() == 1) continue;
    refuse(origin, "loss", "logged '" + name + "' as " + describe(value), "one number");
  }
}

void check_targets(const sla::Targets& targets, const Origin& origin) {
  const auto& labels = targets.labels;
  if (!labels.defined() || labels.dim() != 1 || labels.scalar_type() != at::kLong) {
    refuse(origin, "targets", "labels " + describe(labels), "[T] Long");
  }
  if (targets.trials < 0 || (targets.trials > 0 && labels.size(0) % targets.trials != 0)) {
    refuse(origin, "targets", fmt::format("{} trials of {} labels", targets.trials, labels.size(0)),
           "trials of equal length");
  }
}

void check_logits(const at::Tensor& logits, const sla::Targets& targets, int64_t classes,
                  const Origin& origin) {
  const auto& labels = targets.labels;
  if (!logits.defined() || logits.dim() != 2 || logits.size(0) != labels.size(0) ||
      !logits.is_floating_point() || (targets.trials == 0 && logits.size(1) != classes)) {
    refuse(origin, "predict", "logits " + describe(logits),
           fmt::format("[{}, {}] floating point, a row for each target and a column for each class",
                       labels.size(0), targets.trials == 0 ? std::to_string(classes) : "K"));
  }
  // On a GPU that would wait for it.
  if (!labels.is_cpu() || labels.numel() == 0) return;
  const auto [least, greatest] = at::aminmax(labels);
  if (least.item<int64_t>() >= 0 && greatest.item<int64_t>() < logits.size(1)) return;
  refuse(origin, "targets",
         fmt::format("labels from {} to {}", least.item<int64_t>(), greatest.item<int64_t>()),
         fmt::format("0 to {}, the columns of the logits", logits.size(1) - 1));
}

void check_row_logits(const at::Tensor& logits, int64_t rows, int64_t classes,
                      int64_t transformations, const Origin& origin) {
  if (!logits.defined()) return;
  if (logits.dim() == 2 && logits.size(0) == rows &&
      (logits.size(1) == classes || logits.size(1) == classes * transformations)) {
    return;
  }
  refuse(origin, "row_logits", describe(logits),
         fmt::format("[{0}, {1}] or [{0}, {2}]", rows, classes, classes * transformations));
}

}  // namespace host::plugin
