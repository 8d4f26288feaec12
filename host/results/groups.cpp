#include "host/results/groups.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "host/base/errors.h"
#include "host/base/metric_name.h"
#include "host/experiment/flat.h"
#include "host/results/doubts.h"
#include "host/storage/recorded_code.h"

namespace host::results {

namespace {

using Keys = std::map<std::string, std::string>;

/// The keys that define a group; they include the test images.
Keys keys_of(const Run& run) {
  Keys keys = identity_of(run.experiment);
  for (const auto& [name, build] : run.code) keys[name] = storage::short_build(build);
  if (!run.test_split.empty()) keys["test split"] = run.test_split.substr(0, 12);
  return keys;
}

/// Keeps one run per experiment and seed, preferably a finished one.
void drop_repeated_seeds(std::vector<Run>& runs, std::vector<std::string>& notes) {
  std::map<std::pair<Keys, int64_t>, size_t> seen;
  std::vector<Run> kept;
  for (Run& run : runs) {
    const auto [place, is_new] = seen.emplace(std::pair(keys_of(run), run.seed), kept.size());
    if (is_new) {
      kept.push_back(std::move(run));
      continue;
    }
    Run& first = kept[place->second];
    if (!first.finished() && run.finished()) std::swap(first, run);
    notes.push_back(run.path.string() + " repeats the experiment and seed of " +
                    first.path.string() + "; skipped");
  }
  runs = std::move(kept);
}

/// A plugin or weights that only some experiments have: their settings say so, and its build
/// distinguishes nothing.
bool is_absent_code(const Keys& keys, const std::string& key) {
  return !keys.contains(key) &&
         (key.starts_with("plugin ") || key.starts_with("frozen run ") || key == "initial weights");
}

std::vector<std::string> keys_that_differ(const std::vector<Keys>& experiments) {
  std::set<std::string> all;
  for (const Keys& keys : experiments) {
    for (const auto& [key, value] : keys) all.insert(key);
  }
  std::vector<std::string> differing;
  for (const std::string& key : all) {
    std::set<std::string> values;
    for (const Keys& keys : experiments) {
      if (is_absent_code(keys, key)) continue;
      values.insert(keys.contains(key) ? keys.at(key) : "");
    }
    if (values.size() > 1) differing.push_back(key);
  }
  return differing;
}

/// Tells groups of the same name apart by their settings.
void give_names(std::vector<Group>& groups, const std::vector<Run>& runs) {
  std::map<std::string, int> uses;
  for (Group& group : groups) {
    group.name = runs.at(group.runs.front()).name;
    ++uses[group.name];
  }
  for (Group& group : groups) {
    if (uses.at(group.name) == 1 || group.settings.empty()) continue;
    std::vector<std::string> settings;
    for (const auto& [key, value] : group.settings) settings.push_back(key + " = " + value);
    group.name += fmt::format(" ({})", fmt::join(settings, ", "));
  }
}

/// The validation metric by which the group's finished runs chose their checkpoints.
void add_selection(Group& group, const std::vector<Run>& runs) {
  std::vector<double> values;
  for (const size_t i : group.runs) {
    if (!runs[i].finished() || !std::isfinite(runs[i].selected_at)) continue;
    group.selected_by = runs[i].selected_by;
    values.push_back(runs[i].selected_at);
  }
  if (!values.empty()) group.selected_at = statistic_of(values);
}

}  // namespace

std::string Statistic::text(int decimals) const {
  if (std::isnan(mean)) return "nan";  // whatever its sign
  if (n == 1) return fmt::format("{:.{}f}", mean, decimals);
  return fmt::format("{:.{}f} +- {:.{}f}", mean, decimals, sd, decimals);
}

Statistic statistic_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, n > 1 ? std::sqrt(squares / (n - 1)) : std::numeric_limits<double>::quiet_NaN(),
          std::ssize(values)};
}

Groups group_by_experiment(std::vector<Run>& runs, std::vector<std::string>& notes) {
  drop_repeated_seeds(runs, notes);
  Groups sorted;
  std::vector<Keys> experiments;
  for (size_t i = 0; i < runs.size(); ++i) {
    Keys keys = keys_of(runs[i]);
    const auto known = std::find(experiments.begin(), experiments.end(), keys);
    const auto number = static_cast<size_t>(known - experiments.begin());
    if (known == experiments.end()) {
      experiments.push_back(std::move(keys));
      sorted.groups.emplace_back();
    }
    sorted.groups[number].runs.push_back(i);
  }
  sorted.differences = keys_that_differ(experiments);

  for (size_t g = 0; g < sorted.groups.size(); ++g) {
    Group& group = sorted.groups[g];
    for (const std::string& key : sorted.differences) {
      if (experiments[g].contains(key)) group.settings[key] = experiments[g].at(key);
    }
    std::map<std::string, std::vector<double>> metrics;
    for (const size_t i : group.runs) {
      for (const auto& [name, value] : runs[i].metrics) metrics[name].push_back(value);
    }
    for (const auto& [name, values] : metrics) group.metrics[name] = statistic_of(values);
    add_selection(group, runs);
  }
  give_names(sorted.groups, runs);
  note_doubts(sorted, runs, notes);
  return sorted;
}

bool selected_better(const Group& group, const Group& other) {
  if (!group.selected_at) return false;
  if (!other.selected_at) return true;
  const double own = group.selected_at->mean;
  const double others = other.selected_at->mean;
  return MetricName::parse(group.selected_by).larger_is_better() ? own > others : own < others;
}

Keys identity_of(const experiment::Table& document) {
  return experiment::flatten(document, experiment::keys_beside_experiment());
}

void require_one_test_split(const std::vector<Run>& runs) {
  const Run* first = nullptr;
  for (const Run& run : runs) {
    const std::string& split = run.test_split;
    if (split.empty()) continue;
    if (first == nullptr) first = &run;
    if (split == first->test_split) continue;
    throw ExperimentError(first->path.string() + " and " + run.path.string() +
                          " are scored on different test images (SHA-256 of the labels " +
                          first->test_split.substr(0, 12) + " and " + split.substr(0, 12) +
                          "), so their metrics are not comparable; list them separately");
  }
}

}  // namespace host::results
