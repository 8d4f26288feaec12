#include "host/results/paper_table.h"

#include <sla/parameters.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/experiment/check.h"
#include "host/experiment/experiment.h"
#include "host/plugin/resolution.h"
#include "host/results/overview.h"

namespace host::results {

namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

using experiment::Table;
using experiment::Value;

std::vector<sla::Parameter> table_schema() {
  return {{.name = "title", .default_value = "", .help = "title of the table", .required = true}};
}

std::vector<sla::Parameter> column_schema() {
  return {{.name = "name", .default_value = "", .help = "name of the column", .required = true},
          {.name = "experiment",
           .default_value = "",
           .help = "experiment file for its cells, relative to this one",
           .required = true},
          {.name = "profiles",
           .default_value = "",
           .help = "profiles for its cells, such as \"cifar100\""}};
}

std::vector<sla::Parameter> row_schema() {
  return {{.name = "name", .default_value = "", .help = "name of the row", .required = true},
          {.name = "metric",
           .default_value = "",
           .help = "PREDICTION.METRIC of the test split",
           .required = true},
          {.name = "profiles",
           .default_value = Texts{},
           .help = "profiles for its cells, such as \"sla,rotation\"; or a list with "
                   "one per column, \"\": no such experiment"}};
}

/// Checks the tables of a list such as [[row]] against a schema.
std::vector<std::pair<experiment::Location, sla::Parameters>> list_of(
    const Table& root, const std::string& key, const std::vector<sla::Parameter>& schema,
    const fs::path& file) {
  const auto found = root.find(key);
  if (found == root.end() || found->second.array() == nullptr) {
    throw ExperimentError(file.string() + ": the table has no [[" + key + "]]");
  }
  std::vector<std::pair<experiment::Location, sla::Parameters>> listed;
  for (const Value& value : *found->second.array()) {
    if (value.table() == nullptr) {
      throw ExperimentError(fmt::format("{}: '{}' must be a list of tables, written as [[{}]]",
                                        value.where.text(), key, key));
    }
    listed.emplace_back(value.where,
                        experiment::check(*value.table(), value.where, "[[" + key + "]]", schema));
  }
  return listed;
}

std::string joined(const std::string& first, const std::string& second) {
  return first + (first.empty() || second.empty() ? "" : ",") + second;
}

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}", *value) : "-";
}

}  // namespace

PaperTable::PaperTable(const fs::path& file, const experiment::Overrides& overrides) {
  const auto root = experiment::read_single_file(file);
  const experiment::Location where{file.string(), 0, 0};
  title_ =
      experiment::check(root, where, "the table", table_schema(), {"column", "row"}).text("title");
  const auto columns = list_of(root, "column", column_schema(), file);
  for (const auto& [place, column] : columns) columns_.push_back(column.text("name"));
  for (const auto& [place, row] : list_of(root, "row", row_schema(), file)) {
    rows_.push_back(row.text("name"));
    const auto& profiles = row.texts("profiles");
    if (profiles.size() > 1 && profiles.size() != columns.size()) {
      throw ExperimentError(fmt::format("{}: 'profiles' of [[row]] has {} entries for {} columns",
                                        place.text(), profiles.size(), columns.size()));
    }
    for (size_t c = 0; c < columns.size(); ++c) {
      PaperCell cell{rows_.back(), columns_[c], row.text("metric")};
      const std::string* own =
          profiles.empty() ? nullptr : &profiles.at(profiles.size() == 1 ? 0 : c);
      if (own == nullptr || !own->empty()) {
        const auto& column = columns[c].second;
        cell.experiment = (file.parent_path() / column.text("experiment")).lexically_normal();
        cell.profiles = joined(column.text("profiles"), own == nullptr ? "" : *own);
      }
      add(std::move(cell), overrides);
    }
  }
}

void PaperTable::add(PaperCell cell, experiment::Overrides overrides) {
  identities_.emplace_back();
  if (!cell.experiment.empty()) {
    const auto as_published =
        experiment::read_experiment(cell.experiment, {.profiles = cell.profiles});
    for (const auto& quoted : as_published.published) {
      if (quoted.metric != cell.metric) continue;
      cell.published = quoted.value;
      cell.source = quoted.source;
    }
    overrides.profiles = joined(cell.profiles, overrides.profiles);
    identities_.back() = identity_of(
        plugin::resolve(experiment::read_experiment(cell.experiment, overrides)).document);
  }
  cells_.push_back(std::move(cell));
}

void PaperTable::fill(std::vector<Run> runs, std::vector<std::string>& notes) {
  // What there is to note about other runs does not concern the table.
  std::erase_if(runs, [&](const Run& run) {
    return std::find(identities_.begin(), identities_.end(), identity_of(run.experiment)) ==
           identities_.end();
  });
  const auto groups = group_by_experiment(runs, notes);
  std::vector<std::vector<Run>> by_column(columns_.size());
  for (size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].experiment.empty()) continue;
    // If several builds ran the experiment, the one with the most runs stands for it.
    const Group* chosen = nullptr;
    for (const Group& group : groups.groups) {
      if (identity_of(runs[group.runs.front()].experiment) != identities_[i]) continue;
      if (chosen == nullptr || group.runs.size() >= chosen->runs.size()) chosen = &group;
      for (const size_t run : group.runs) by_column[i % columns_.size()].push_back(runs[run]);
    }
    if (chosen == nullptr) continue;
    cells_[i].has_runs = true;
    const auto found = chosen->metrics.find(cells_[i].metric);
    if (found != chosen->metrics.end()) cells_[i].ours = found->second;
  }
  for (const auto& column : by_column) require_one_test_split(column);
}

bool PaperTable::quotes_values() const {
  return std::any_of(cells_.begin(), cells_.end(),
                     [](const PaperCell& cell) { return cell.published.has_value(); });
}

std::string PaperTable::missing(const PaperCell& cell) const {
  if (cell.experiment.empty()) return "no such experiment";
  Texts what;
  if (!cell.published && quotes_values()) what.emplace_back("no published value");
  if (!cell.ours) {
    what.push_back(cell.has_runs ? "its runs have no " + cell.metric : "no finished run");
  }
  if (what.empty()) return "";
  return fmt::format("{}{}: {}", cell.experiment.string(),
                     cell.profiles.empty() ? "" : " --profile " + cell.profiles,
                     fmt::join(what, ", "));
}

TextTable PaperTable::text() const {
  TextTable table{.header = {""}, .rows = {}};
  const bool quotes = quotes_values();
  for (const std::string& column : columns_) {
    if (quotes) table.header.push_back(column + " published");
    table.header.push_back(quotes ? column + " ours" : column);
    if (quotes) table.header.push_back(column + " difference");
  }
  for (size_t row = 0; row < rows_.size(); ++row) {
    Texts line{rows_[row]};
    for (size_t c = 0; c < columns_.size(); ++c) {
      const PaperCell& cell = cells_[row * columns_.size() + c];
      if (quotes) line.push_back(percent(cell.published));
      line.push_back(cell.ours ? cell.ours->text() : "-");
      if (!quotes) continue;
      line.push_back(cell.ours && cell.published
                         ? fmt::format("{:+.2f}", cell.ours->mean - *cell.published)
                         : "-");
    }
    table.rows.push_back(std::move(line));
  }
  return table;
}

nlohmann::json PaperTable::json() const {
  auto listed = nlohmann::json::array();
  for (const PaperCell& cell : cells_) {
    nlohmann::json one{{"row", cell.row},           {"column", cell.column},
                       {"metric", cell.metric},     {"experiment", cell.experiment.string()},
                       {"profiles", cell.profiles}, {"source", cell.source},
                       {"missing", missing(cell)}};
    one["published"] = cell.published ? nlohmann::json(*cell.published) : nlohmann::json();
    one["ours"] = cell.ours ? statistic_json(*cell.ours) : nlohmann::json();
    listed.push_back(std::move(one));
  }
  return {{"title", title_}, {"cells", listed}};
}

}  // namespace host::results
