#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "host/experiment/value.h"
#include "host/results/run_labels.h"

namespace host::results {

/// What a list of many runs shows of one; reads only what that needs, unlike
/// Run.
struct RunSummary {
  std::filesystem::path path;
  /// "running" (on this machine), "interrupted" or "finished".
  std::string state = {};
  /// Seconds since it last wrote metrics or results.
  double age = 0;
  experiment::Table experiment = {};
  /// The iteration it reached.
  int64_t iteration = 0;
  /// The metric that selected its checkpoint, such as
  /// "validation.single.accuracy", and its value there; of a run that is not
  /// finished, its best validation so far. Empty and NaN if unknown.
  std::string selected_by = {};
  double selected_at = std::numeric_limits<double>::quiet_NaN();
  /// Test-split metrics, such as "aggregated.accuracy", of a finished run.
  std::map<std::string, double> metrics = {};
  RunLabels labels = {};
};

/// The run directories in `folder`, at any depth, sorted by path; those inside
/// of another run are part of it. Does not follow links.
std::vector<std::filesystem::path> find_runs(const std::filesystem::path& folder);

/// Summarises runs, in several threads. Adds the reason to `notes` for each
/// that is damaged and leaves it out.
std::vector<RunSummary> summarise(const std::vector<std::filesystem::path>& runs,
                                  std::vector<std::string>& notes);

}  // namespace host::results
