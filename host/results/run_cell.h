#pragma once

#include <string>
#include <variant>
#include <vector>

#include "host/results/run_summary.h"

namespace host::results {

/// What a run has in a column: nothing, a number or a text.
using RunCell = std::variant<std::monostate, double, std::string>;

/// The names of the columns that every list of runs may have.
const std::vector<std::string>& run_columns();

/// The cell of a column: one of run_columns(), a key of the experiment, such as
/// "optimizer.learning_rate", or a test metric, such as "aggregated.accuracy".
RunCell cell_of(const RunSummary& run, const std::string& column);

/// The cell for people: ages and metrics with their units.
std::string shown(const RunSummary& run, const std::string& column);

}  // namespace host::results
