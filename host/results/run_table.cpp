#include "host/results/run_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/suggest.h"
#include "host/results/run_cell.h"

namespace host::results {

namespace {

using nlohmann::json;

struct Condition {
  std::string column;
  std::string comparison;
  RunCell value;
};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// The value of a condition, under the key "value".
experiment::Table value_of(const std::string& value, const std::string& condition) {
  try {
    return experiment::parse_setting("value=" + value);
  } catch (const ExperimentError&) {
    throw ExperimentError("--where '" + condition + "': '" + value +
                          "' is not a TOML value, such as 3 or \"sla\"; write each condition in a "
                          "--where of its own");
  }
}

Condition parse(const std::string& text) {
  const auto at = text.find_first_of("=!<>");
  const auto end = text.find_first_not_of("=!<>", at);
  if (at != std::string::npos && end != std::string::npos) {
    Condition condition{trimmed(text.substr(0, at)), text.substr(at, end - at), {}};
    if (condition.comparison == "==") condition.comparison = "=";
    constexpr std::array<const char*, 6> kComparisons{"=", "!=", "<", "<=", ">", ">="};
    const bool known = std::any_of(kComparisons.begin(), kComparisons.end(),
                                   [&](const char* one) { return condition.comparison == one; });
    if (known && !condition.column.empty()) {
      RunSummary holder{.path = {}, .experiment = value_of(trimmed(text.substr(end)), text)};
      condition.value = cell_of(holder, "value");
      return condition;
    }
  }
  throw ExperimentError("'" + text +
                        "' is not a condition; write a column or key, one of = != < <= > >=, and a "
                        "value: --where 'objective.plugin = \"sla\"'");
}

bool holds(const Condition& condition, const RunSummary& run) {
  const RunCell cell = cell_of(run, condition.column);
  const std::string& comparison = condition.comparison;
  if (comparison == "=") return cell == condition.value;
  if (comparison == "!=") return cell != condition.value;
  if (cell.index() != condition.value.index()) return false;
  if (comparison == "<") return cell < condition.value;
  if (comparison == "<=") return cell <= condition.value;
  if (comparison == ">") return cell > condition.value;
  return cell >= condition.value;
}

bool has_tags(const RunSummary& run, const std::vector<std::string>& tags) {
  const auto& own = run.labels.tags;
  return std::all_of(tags.begin(), tags.end(), [&](const std::string& tag) {
    return std::find(own.begin(), own.end(), tag) != own.end();
  });
}

void add_keys(const experiment::Table& table, const std::string& prefix,
              std::vector<std::string>& keys) {
  for (const auto& [key, value] : table) {
    keys.push_back(prefix + key);
    if (value.table() != nullptr) add_keys(*value.table(), prefix + key + ".", keys);
  }
}

/// Throws ExperimentError if neither a usual column nor any run has this name.
void require_column(const std::string& column, const std::vector<RunSummary>& runs) {
  std::vector<std::string> known = run_columns();
  const auto has = [&](const RunSummary& run) {
    return !std::holds_alternative<std::monostate>(cell_of(run, column));
  };
  if (runs.empty() || std::find(known.begin(), known.end(), column) != known.end() ||
      std::any_of(runs.begin(), runs.end(), has)) {
    return;
  }
  add_keys(runs.front().experiment, "", known);
  for (const auto& [name, value] : runs.front().metrics) known.push_back(name);
  throw ExperimentError("no run has a column or key '" + column + "'" +
                        experiment::suggest(column, known));
}

const std::vector<std::string>& columns_of(const RunQuery& query) {
  static const std::vector<std::string> usual{
      "run", "state", "age", "dataset", "model", "objective", "seed", "validation", "test", "tags"};
  return query.columns.empty() ? usual : query.columns;
}

void sort_by(std::string column, std::vector<RunSummary>& runs) {
  const bool descending = column.starts_with('-');
  if (descending) column.erase(0, 1);
  require_column(column, runs);
  std::stable_sort(runs.begin(), runs.end(), [&](const RunSummary& a, const RunSummary& b) {
    const RunCell first = cell_of(a, column);
    const RunCell second = cell_of(b, column);
    // Runs without it come last in either order.
    if (std::holds_alternative<std::monostate>(first)) return false;
    if (std::holds_alternative<std::monostate>(second)) return true;
    return descending ? second < first : first < second;
  });
}

}  // namespace

void apply(const RunQuery& query, std::vector<RunSummary>& runs) {
  std::vector<Condition> conditions;
  for (const std::string& text : query.where) {
    conditions.push_back(parse(text));
    require_column(conditions.back().column, runs);
  }
  for (const std::string& column : query.columns) require_column(column, runs);
  std::erase_if(runs, [&](const RunSummary& run) {
    return !has_tags(run, query.tags) ||
           !std::all_of(conditions.begin(), conditions.end(),
                        [&](const Condition& condition) { return holds(condition, run); });
  });
  if (!query.sort.empty()) sort_by(query.sort, runs);
}

TextTable table_of(const RunQuery& query, const std::vector<RunSummary>& runs) {
  TextTable table{.header = columns_of(query), .rows = {}};
  for (const RunSummary& run : runs) {
    std::vector<std::string> row;
    for (const std::string& column : table.header) row.push_back(shown(run, column));
    table.rows.push_back(std::move(row));
  }
  return table;
}

json json_of(const RunQuery& query, const std::vector<RunSummary>& runs) {
  json listed = json::array();
  for (const RunSummary& run : runs) {
    json one{{"selected_by", run.selected_by}};
    for (const std::string& column : columns_of(query)) {
      const RunCell cell = cell_of(run, column);
      const auto* number = std::get_if<double>(&cell);
      const auto* text = std::get_if<std::string>(&cell);
      one[column] = number != nullptr ? json(*number) : text != nullptr ? json(*text) : json();
    }
    listed.push_back(std::move(one));
  }
  return listed;
}

}  // namespace host::results
