#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host/experiment/value.h"

namespace host::results {

/// A metric over the iterations of a run; NaN where it was no number.
struct Series {
  std::vector<int64_t> iterations = {};
  std::vector<double> values = {};
};

/// What a run directory tells of a run, whether it came to its end or not.
struct Run {
  std::filesystem::path path;
  /// The experiment's name; where the run never ended, the directory's.
  std::string name = {};
  experiment::Table experiment = {};
  int64_t seed = 0;
  /// How far it came.
  int64_t iteration = 0;
  /// How far it was to come; 0 where the run does not say.
  int64_t total_iterations = 0;
  /// By name, such as "validation.aggregated.accuracy".
  std::map<std::string, Series> series = {};
  nlohmann::json provenance = nlohmann::json::object();
  /// Digest of the test images' labels: what tells one test split from another; empty where the run
  /// does not say.
  std::string test_split = {};
  /// What came of it; null where it never ended.
  nlohmann::json results = {};
  /// Figures of the test split, such as "aggregated.accuracy"; empty where it never ended.
  std::map<std::string, double> figures = {};
  /// What is not as it should be, in words.
  std::vector<std::string> notes = {};

  bool finished() const { return !results.is_null(); }

  /// "finished", or how far it came.
  std::string state() const;
};

/// Reads a run. A torn last line of its metrics is left out and noted. Throws StorageError where
/// the directory holds no run, or one that has no metrics yet; DamagedFileError where its files
/// hold what this program never wrote.
Run read_run(const std::filesystem::path& path);

/// Reads those that can be read; why not is added to `notes` for each of the others. Throws
/// StorageError where none can.
std::vector<Run> read_runs(const std::vector<std::filesystem::path>& paths,
                           std::vector<std::string>& notes);

}  // namespace host::results
