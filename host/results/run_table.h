#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "host/results/run_summary.h"
#include "host/results/text_table.h"

namespace host::results {

/// Which runs to list, and how.
struct RunQuery {
  /// Conditions that must all hold, such as `objective.plugin = "sla"`: a
  /// column, one of = != < <= >
  /// >=, and a value as in TOML.
  std::vector<std::string> where = {};
  /// Tags that a run must have.
  std::vector<std::string> tags = {};
  /// The column to sort by, with a minus in front for descending order; empty:
  /// by path.
  std::string sort = {};
  /// Empty: the usual ones.
  std::vector<std::string> columns = {};
};

/// Leaves the runs that the query asks for, in its order. Throws
/// ExperimentError for a condition that is none and for a column that no run
/// has.
void apply(const RunQuery& query, std::vector<RunSummary>& runs);

/// One row per run.
TextTable table_of(const RunQuery& query, const std::vector<RunSummary>& runs);

/// One object per run.
nlohmann::json json_of(const RunQuery& query, const std::vector<RunSummary>& runs);

}  // namespace host::results
