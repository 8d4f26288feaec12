#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/experiment/value.h"

namespace host::results {

/// A metric over the iterations of a run; NaN if it was not finite.
struct Series {
  std::vector<int64_t> iterations = {};
  std::vector<double> values = {};
};

/// The contents of a run directory, whether the run finished or not.
struct Run {
  std::filesystem::path path;
  /// The experiment's name.
  std::string name = {};
  experiment::Table experiment = {};
  int64_t seed = 0;
  /// The iteration it reached.
  int64_t iteration = 0;
  /// The iterations it was to run; 0 if unknown.
  int64_t total_iterations = 0;
  /// By name, such as "validation.aggregated.accuracy".
  std::map<std::string, Series> series = {};
  nlohmann::json provenance = nlohmann::json::object();
  /// What was another in a later session: its code, by the names of storage::recorded_code(), or
  /// its "data".
  std::set<std::string> later_code = {};
  /// The code that it began with; see storage::recorded_code().
  std::map<std::string, std::string> code = {};
  /// Digests of its data; see storage::recorded_data().
  std::map<std::string, std::string> data = {};
  /// The metric that selected its checkpoint, such as "validation.single.accuracy", and its value
  /// there; empty and NaN if unknown.
  std::string selected_by = {};
  double selected_at = std::numeric_limits<double>::quiet_NaN();
  /// SHA-256 of the test images' labels, which identifies the test split; empty if
  /// unknown.
  std::string test_split = {};
  /// results.json; null if the run did not finish.
  nlohmann::json results = {};
  /// Test-split metrics, such as "aggregated.accuracy"; empty if the run did not finish.
  std::map<std::string, double> metrics = {};
  /// The deviations from the protocol that it accepted.
  std::vector<std::string> departures = {};
  /// Problems found while reading, as text.
  std::vector<std::string> notes = {};

  bool finished() const { return !results.is_null(); }

  /// "finished", or how far the run got.
  std::string state() const;
};

/// What results.json says about a finished run; the members are those of Run.
struct Outcome {
  std::string selected_by = {};
  double selected_at = std::numeric_limits<double>::quiet_NaN();
  std::map<std::string, double> metrics = {};
};

/// Reads the content of results.json. Throws json::exception if it has no metrics.
Outcome outcome_of(const nlohmann::json& results);

/// Reads a run. Ignores an incomplete last line of its metrics and adds a note. Throws StorageError
/// if the directory holds no run or one without metrics; DamagedFileError if its files hold what
/// this program never wrote.
Run read_run(const std::filesystem::path& path);

/// Reads the runs that are readable and adds the reason to `notes` for each of the others. Throws
/// StorageError if none is readable.
std::vector<Run> read_runs(const std::vector<std::filesystem::path>& paths,
                           std::vector<std::string>& notes);

}  // namespace host::results
