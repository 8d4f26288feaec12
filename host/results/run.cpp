#include "host/results/run.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/storage/atomic_file.h"
#include "host/storage/json_file.h"
#include "host/storage/recorded_code.h"
#include "host/storage/run_directory.h"

namespace host::results {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string text_of(const fs::path& file) {
  const auto content = storage::read_file(file);
  return {content.begin(), content.end()};
}

/// An integer in a table of the experiment; 0 if missing.
int64_t integer_at(const experiment::Table& document, const std::string& table,
                   const std::string& key) {
  const auto section = document.find(table);
  if (section == document.end() || section->second.table() == nullptr) return 0;
  const auto& keys = *section->second.table();
  const auto found = keys.find(key);
  if (found == keys.end()) return 0;
  const auto* number = std::get_if<int64_t>(&found->second.held);
  return number == nullptr ? 0 : *number;
}

void add_line(const json& line, Run& run) {
  const int64_t iteration = line.value("iteration", int64_t{0});
  run.iteration = std::max(run.iteration, iteration);
  for (const auto& [name, value] : line.items()) {
    if (name == "iteration") continue;
    Series& series = run.series[name];
    series.iterations.push_back(iteration);
    series.values.push_back(value.is_number() ? value.get<double>()
                                              : std::numeric_limits<double>::quiet_NaN());
  }
}

void read_metrics(const fs::path& file, Run& run) {
  const std::string text = fs::exists(file) ? text_of(file) : "";
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto newline = rest.find('\n');
    const std::string line(rest.substr(0, newline));
    if (newline == std::string_view::npos) {
      run.notes.push_back(file.string() + ": ignoring the incomplete last line");
      return;
    }
    add_line(storage::parse_json_object(line, file), run);
    rest.remove_prefix(newline + 1);
  }
}

void read_results(const fs::path& file, Run& run) {
  if (!fs::exists(file)) return;
  run.results = storage::read_json(file);
  run.name = run.results.value("experiment", run.name);
  const auto outcome = outcome_of(run.results);
  run.selected_by = outcome.selected_by;
  run.selected_at = outcome.selected_at;
  run.departures = run.results.value("protocol", run.departures);
  run.metrics = outcome.metrics;
}

void read_provenance(const fs::path& file, Run& run) {
  if (!fs::exists(file)) return;
  run.provenance = storage::read_json(file);
  run.code = storage::recorded_code(run.provenance);
  run.data = storage::recorded_data(run.provenance);
  for (const json& session : run.provenance.value("sessions", json::array())) {
    for (const std::string& name : storage::code_changed_in(session)) run.later_code.insert(name);
  }
  const json test = run.provenance.value("splits", json::object()).value("test", json::object());
  run.test_split = test.value("labels_sha256", "");
}

/// Reads all files of a run.
void read_files(const storage::RunDirectory& directory, Run& run) {
  read_provenance(directory.provenance(), run);
  const int64_t epochs = integer_at(run.experiment, "training", "total_epochs");
  run.total_iterations = epochs > 0
                             ? epochs * run.provenance.value("iterations_per_epoch", int64_t{0})
                             : integer_at(run.experiment, "training", "total_iterations");
  read_results(directory.results(), run);
  read_metrics(directory.metrics(), run);
}

}  // namespace

Outcome outcome_of(const json& results) {
  Outcome outcome{.selected_by = results.value("select", "")};
  if (const json best = results.value("best_value", json()); best.is_number()) {
    outcome.selected_at = best.get<double>();
  }
  constexpr std::string_view kTest = "test.";
  for (const auto& [name, value] : results.at("metrics").items()) {
    if (!name.starts_with(kTest) || !value.is_number()) continue;
    outcome.metrics[name.substr(kTest.size())] = value.get<double>();
  }
  return outcome;
}

std::string Run::state() const {
  if (finished()) return "finished";
  return "unfinished: iteration " + std::to_string(iteration) +
         (total_iterations > 0 ? " of " + std::to_string(total_iterations) : "");
}

Run read_run(const fs::path& path) {
  const storage::RunDirectory directory(path);
  if (!fs::exists(directory.experiment())) {
    throw StorageError(path.string() + " is not a run directory: it has no experiment.toml");
  }
  Run run{.path = path};
  run.name = fs::path(path / "").parent_path().filename().string();
  run.experiment = experiment::read_single_file(directory.experiment());
  if (const auto name = experiment::text_at(run.experiment, "name"); !name.empty()) run.name = name;
  if (const auto seed = run.experiment.find("seed"); seed != run.experiment.end()) {
    if (const auto* number = std::get_if<int64_t>(&seed->second.held)) run.seed = *number;
  }
  try {
    read_files(directory, run);
  } catch (const json::exception& error) {
    throw DamagedFileError(path.string() +
                           " holds JSON that this program did not write: " + error.what());
  }
  if (run.series.empty() && !run.finished()) {
    throw StorageError(path.string() + " has no metrics yet");
  }
  if (run.series.empty()) {
    run.notes.push_back(directory.metrics().string() + " is missing or empty: no curves");
  }
  return run;
}

std::vector<Run> read_runs(const std::vector<fs::path>& paths, std::vector<std::string>& notes) {
  std::vector<Run> runs;
  for (const fs::path& path : paths) {
    try {
      runs.push_back(read_run(path));
      notes.insert(notes.end(), runs.back().notes.begin(), runs.back().notes.end());
    } catch (const Error& error) {
      notes.push_back(std::string(error.what()) + "; skipped");
    }
  }
  if (!runs.empty()) return runs;
  std::string reasons;
  for (const std::string& note : notes) reasons += "\n  " + note;
  throw StorageError("cannot read any of the runs:" + reasons);
}

}  // namespace host::results
