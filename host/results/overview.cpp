#include "host/results/overview.h"

#include <algorithm>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "host/base/metric_name.h"

namespace host::results {

namespace {

using nlohmann::json;

constexpr std::string_view kAccuracy = ".accuracy";

int64_t finished_runs(const Group& group, const std::vector<Run>& runs) {
  return std::count_if(group.runs.begin(), group.runs.end(),
                       [&](size_t i) { return runs.at(i).finished(); });
}

/// The names of all accuracies that any group has.
std::set<std::string> accuracies_of(const Groups& groups) {
  std::set<std::string> names;
  for (const Group& group : groups.groups) {
    for (const auto& [name, statistic] : group.metrics) {
      if (name.ends_with(kAccuracy)) names.insert(name);
    }
  }
  return names;
}

/// The validation by which the checkpoints were chosen: "61.20 +- 0.30 % single".
std::string selection_of(const Group& group) {
  if (!group.selected_at) return "-";
  const auto name = MetricName::parse(group.selected_by);
  if (name.metric == "accuracy") {
    return group.selected_at->text() + " % " + name.prediction +
           (name.split == "validation" ? "" : " of " + name.split);
  }
  return group.selected_at->text(4) + " " + group.selected_by;
}

}  // namespace

json statistic_json(const Statistic& statistic) {
  return {{"mean", statistic.mean}, {"sd", statistic.sd}, {"n", statistic.n}};
}

TextTable overview_of(const Groups& groups, const std::vector<Run>& runs) {
  const auto accuracies = accuracies_of(groups);
  TextTable table{.header = {"experiment", "runs"}, .rows = {}};
  table.header.emplace_back("selected at");
  for (const std::string& name : accuracies) {
    table.header.push_back(name.substr(0, name.size() - kAccuracy.size()));
  }
  table.header.insert(table.header.end(), groups.differences.begin(), groups.differences.end());
  for (const Group& group : groups.groups) {
    const int64_t finished = finished_runs(group, runs);
    const std::string all = std::to_string(group.runs.size());
    std::vector<std::string> row{group.name, finished == std::ssize(group.runs)
                                                 ? all
                                                 : std::to_string(finished) + " of " + all};
    row.push_back(selection_of(group));
    for (const std::string& name : accuracies) {
      row.push_back(group.metrics.contains(name) ? group.metrics.at(name).text() + " %" : "-");
    }
    for (const std::string& key : groups.differences) {
      row.push_back(group.settings.contains(key) ? group.settings.at(key) : "-");
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

json overview_json(const Groups& groups, const std::vector<Run>& runs) {
  json listed = json::array();
  for (const Group& group : groups.groups) {
    json one{{"name", group.name},
             {"finished", finished_runs(group, runs)},
             {"settings", group.settings},
             {"selected_by", group.selected_by},
             {"selected_at", group.selected_at ? statistic_json(*group.selected_at) : json()},
             {"metrics", json::object()},
             {"runs", json::array()}};
    for (const auto& [name, statistic] : group.metrics) {
      one["metrics"][name] = statistic_json(statistic);
    }
    for (const size_t i : group.runs) {
      one["runs"].push_back({{"path", runs.at(i).path.string()},
                             {"seed", runs.at(i).seed},
                             {"state", runs.at(i).state()},
                             {"metrics", runs.at(i).metrics}});
    }
    listed.push_back(std::move(one));
  }
  return {{"groups", listed}, {"differences", groups.differences}};
}

}  // namespace host::results
