#include "host/report/page_data.h"

#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <map>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/base/installation.h"
#include "host/base/metric_name.h"
#include "host/experiment/value.h"
#include "host/storage/json_file.h"
#include "host/storage/run_directory.h"

namespace host::report {

namespace {

using nlohmann::json;
using results::Group;
using results::Run;
using results::Series;

constexpr size_t kMostPoints = 600;
/// Maximum number of groups whose images are shown.
constexpr size_t kMostPictures = 8;

/// JSON has no NaN, and five digits are enough for a plot.
json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.5g}", value).c_str(), nullptr);
}

/// [iterations, values]; averages neighbours if there are more points than a plot can show.
json thinned(const Series& series) {
  const size_t points = series.values.size();
  const size_t width = (points + kMostPoints - 1) / kMostPoints;
  json iterations = json::array();
  json values = json::array();
  for (size_t begin = 0; begin < points; begin += width) {
    const size_t end = std::min(points, begin + width);
    double sum = 0;
    for (size_t i = begin; i < end; ++i) sum += series.values[i];
    iterations.push_back(series.iterations[end - 1]);
    values.push_back(number(sum / static_cast<double>(end - begin)));
  }
  return {iterations, values};
}

bool is_seconds(const std::string& name) { return MetricName::parse(name).is_seconds(); }

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void flatten(const std::string& name, const json& value, json& flat) {
  if (!value.is_object()) {
    flat[name] = text_of(value);
    return;
  }
  for (const auto& [key, inner] : value.items()) flatten(name + ": " + key, inner, flat);
}

/// Flattens nested keys to one level.
json flat_provenance(const json& provenance) {
  json flat = json::object();
  for (const auto& [key, value] : provenance.items()) {
    if (key == "sessions") continue;
    if (key == "plugins") {
      for (const json& plugin : value) {
        for (const char* fact : {"plugin", "version", "compiler", "sha256"}) {
          flat["plugin " + plugin.value("component", "?") + ": " + fact] =
              plugin.value(fact, "not recorded");
        }
      }
    } else {
      flatten(key, value, flat);
    }
  }
  return flat;
}

json sessions_of(const json& provenance) {
  json sessions = json::array();
  for (json session : provenance.value("sessions", json::array())) {
    std::vector<std::string> words;
    for (const json& word : session.value("command", json::array())) words.push_back(text_of(word));
    session["command"] = fmt::format("{}", fmt::join(words, " "));
    session.erase("changed");
    sessions.push_back(session);
  }
  return sessions;
}

json published_of(const Run& run) {
  json listed = json::array();
  const auto found = run.experiment.find("published");
  if (found == run.experiment.end() || found->second.array() == nullptr) return listed;
  for (const auto& entry : *found->second.array()) {
    if (entry.table() == nullptr) continue;
    json quoted;
    for (const auto& [key, value] : *entry.table()) {
      if (value.text() != nullptr) quoted[key] = *value.text();
      if (const auto* real = std::get_if<double>(&value.held)) quoted[key] = *real;
      if (const auto* whole = std::get_if<int64_t>(&value.held)) quoted[key] = *whole;
    }
    listed.push_back(quoted);
  }
  return listed;
}

/// The stored analysis of a run's best checkpoint; null if missing or unreadable.
json analysis_of(const Run& run, json& notes) {
  const auto file = storage::RunDirectory(run.path).analysis();
  if (!std::filesystem::exists(file)) return nullptr;
  try {
    json analysis = storage::read_json(file);
    if (analysis["predictions"].is_object() && analysis["class_names"].is_array() &&
        analysis["gallery"].is_array()) {
      return analysis;
    }
    notes.push_back(file.string() + " is not an analysis by this program; skipped");
  } catch (const StorageError& error) {
    notes.push_back(error.what());
  }
  return nullptr;
}

/// The seconds that a run has spent on each activity, all sessions together.
json times_of(const Run& run) {
  std::map<std::string, double> seconds;
  for (const auto& [name, series] : run.series) {
    if (!is_seconds(name)) continue;
    double& sum = seconds[MetricName::parse(name).metric];
    for (const double value : series.values) sum += std::isfinite(value) ? value : 0;
  }
  json times = json::object();
  for (const auto& [activity, sum] : seconds) times[activity] = number(sum);
  return times;
}

json describe(const Run& run, size_t group, json& notes) {
  json facts{{"path", run.path.string()},
             {"seed", run.seed},
             {"group", group},
             {"state", run.state()},
             {"iterations", run.iteration},
             {"total_iterations", run.total_iterations},
             {"series", json::object()},
             {"metrics", json::object()},
             {"times", times_of(run)},
             {"published", published_of(run)},
             {"provenance", flat_provenance(run.provenance)},
             {"sessions", sessions_of(run.provenance)},
             {"experiment", experiment::to_toml(run.experiment)}};
  for (const auto& [name, series] : run.series) {
    // Final test metrics and sums of seconds are not curves.
    if (!name.starts_with("best.") && !is_seconds(name)) facts["series"][name] = thinned(series);
  }
  for (const auto& [name, value] : run.metrics) facts["metrics"][name] = number(value);
  for (const char* key : {"best_iteration", "best_value", "select", "seconds"}) {
    facts[key] = run.finished() ? run.results.value(key, json()) : json();
  }
  facts["protocol"] = run.finished() ? run.results.value("protocol", json::array()) : json::array();
  facts["iterations_per_epoch"] = run.provenance.value("iterations_per_epoch", json());
  const json replaced = run.provenance.value("replaced_dataset", json::array());
  if (!replaced.empty()) facts["replaced_dataset"] = replaced;

  json analysis = analysis_of(run, notes);
  if (!analysis.is_null()) {
    facts["gallery"] = analysis["gallery"];
    analysis.erase("gallery");
    facts["analysis"] = analysis;
  }
  return facts;
}

json describe(const Group& group) {
  json facts{{"name", group.name},
             {"runs", group.runs},
             {"metrics", json::object()},
             {"settings", group.settings}};
  for (const auto& [name, statistic] : group.metrics) {
    facts["metrics"][name] = {
        {"mean", number(statistic.mean)}, {"sd", number(statistic.sd)}, {"n", statistic.n}};
  }
  return facts;
}

}  // namespace

json page_data(const std::vector<Run>& runs, const results::Groups& groups,
               const std::vector<std::string>& notes) {
  json data{{"title", runs.size() == 1 ? runs.front().name : std::to_string(runs.size()) + " runs"},
            {"made", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
            {"host_version", version()},
            {"notes", notes},
            {"groups", json::array()},
            {"differences", groups.differences},
            {"runs", json::array()}};
  for (size_t g = 0; g < groups.groups.size(); ++g) {
    data["groups"].push_back(describe(groups.groups[g]));
  }
  for (size_t i = 0; i < runs.size(); ++i) {
    const auto group = std::find_if(
        groups.groups.begin(), groups.groups.end(),
        [&](const Group& g) { return std::find(g.runs.begin(), g.runs.end(), i) != g.runs.end(); });
    const auto number = static_cast<size_t>(group - groups.groups.begin());
    json facts;
    try {
      facts = describe(runs[i], number, data["notes"]);
    } catch (const json::exception& error) {
      data["notes"].push_back(runs[i].path.string() +
                              ": provenance.json was not written by this program; skipped");
      Run without = runs[i];
      without.provenance = json::object();
      facts = describe(without, number, data["notes"]);
    }
    if (group->runs.front() != i || number >= kMostPictures) {
      facts.erase("gallery");
      if (facts.contains("analysis")) facts["analysis"].erase("examples");
    }
    data["runs"].push_back(std::move(facts));
  }
  return data;
}

}  // namespace host::report
