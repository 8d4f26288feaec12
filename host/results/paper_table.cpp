#include "host/results/paper_table.h"

#include <sla/parameters.h>
#include <spdlog/fmt/fmt.h>

#include <utility>

#include <nlohmann/json.hpp>

#include "host/errors.h"
#include "host/experiment/check.h"
#include "host/experiment/experiment.h"
#include "host/results/overview.h"

namespace host::results {

namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

std::vector<sla::Parameter> table_schema() {
  return {{.name = "title", .default_value = "", .help = "what the table shows", .required = true},
          {.name = "columns",
           .default_value = Texts{},
           .help = "what differs between an experiment and its neighbour",
           .required = true}};
}

std::vector<sla::Parameter> row_schema() {
  return {{.name = "name", .default_value = "", .help = "of the row", .required = true},
          {.name = "metric",
           .default_value = "",
           .help = "PREDICTION.METRIC of the test split",
           .required = true},
          {.name = "experiments",
           .default_value = Texts{},
           .help = "an experiment file for each column; \"\": there is none",
           .required = true}};
}

std::string percent(const std::optional<double>& figure) {
  return figure ? fmt::format("{:.2f}", *figure) : "-";
}

}  // namespace

std::string PaperCell::missing() const {
  if (experiment.empty()) return "no such experiment";
  Texts what;
  if (!published) what.emplace_back("nothing published is quoted");
  if (!ours && !has_runs) what.emplace_back("no finished run");
  if (!ours && has_runs) what.push_back("its runs have no " + metric);
  if (what.empty()) return "";
  return fmt::format("{}: {}", experiment.string(), fmt::join(what, ", "));
}

PaperTable::PaperTable(const fs::path& file, const experiment::Overrides& overrides) {
  const auto root = experiment::read_single_file(file);
  const experiment::Location where{file.string(), 0, 0};
  const auto parameters = experiment::check(root, where, "the table", table_schema(), {"row"});
  title_ = parameters.text("title");
  columns_ = parameters.texts("columns");
  const auto rows = root.find("row");
  if (rows == root.end() || rows->second.array() == nullptr) {
    throw ExperimentError(file.string() + ": the table has no [[row]]");
  }
  for (const auto& value : *rows->second.array()) {
    if (value.table() == nullptr) {
      throw ExperimentError(value.where.text() + ": 'row' must be tables, each begun by [[row]]");
    }
    const auto row = experiment::check(*value.table(), value.where, "[[row]]", row_schema());
    const auto& experiments = row.texts("experiments");
    if (experiments.size() != columns_.size()) {
      throw ExperimentError(value.where.text() + ": [[row]] names " +
                            std::to_string(experiments.size()) + " experiments for " +
                            std::to_string(columns_.size()) + " columns");
    }
    rows_.push_back(row.text("name"));
    for (size_t c = 0; c < columns_.size(); ++c) {
      PaperCell cell{rows_.back(), columns_[c], {}, row.text("metric")};
      identities_.emplace_back();
      if (!experiments[c].empty()) {
        cell.experiment = (file.parent_path() / experiments[c]).lexically_normal();
        const auto read = experiment::read_experiment(cell.experiment, overrides);
        identities_.back() = identity_of(read.document);
        for (const auto& figure : read.published) {
          if (figure.metric != cell.metric) continue;
          cell.published = figure.value;
          cell.source = figure.source;
        }
      }
      cells_.push_back(std::move(cell));
    }
  }
}

void PaperTable::fill(std::vector<Run> runs, std::vector<std::string>& notes) {
  const auto groups = group_by_experiment(runs, notes);
  std::vector<std::vector<Run>> by_column(columns_.size());
  for (size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].experiment.empty()) continue;
    for (const Group& group : groups.groups) {
      if (identity_of(runs[group.runs.front()].experiment) != identities_[i]) continue;
      cells_[i].has_runs = true;
      const auto figure = group.figures.find(cells_[i].metric);
      if (figure != group.figures.end()) cells_[i].ours = figure->second;
      for (const size_t run : group.runs) by_column[i % columns_.size()].push_back(runs[run]);
    }
  }
  for (const auto& column : by_column) require_one_test_split(column);
}

TextTable PaperTable::text() const {
  TextTable table{.header = {""}, .rows = {}};
  for (const std::string& column : columns_) {
    for (const char* what : {" published", " ours", " difference"}) {
      table.header.push_back(column + what);
    }
  }
  for (size_t row = 0; row < rows_.size(); ++row) {
    Texts line{rows_[row]};
    for (size_t c = 0; c < columns_.size(); ++c) {
      const PaperCell& cell = cells_[row * columns_.size() + c];
      line.push_back(percent(cell.published));
      line.push_back(cell.ours ? cell.ours->text() : "-");
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
    nlohmann::json one{
        {"row", cell.row},       {"column", cell.column}, {"experiment", cell.experiment.string()},
        {"metric", cell.metric}, {"source", cell.source}, {"missing", cell.missing()}};
    one["published"] = cell.published ? nlohmann::json(*cell.published) : nlohmann::json();
    one["ours"] = cell.ours ? statistic_json(*cell.ours) : nlohmann::json();
    listed.push_back(std::move(one));
  }
  return {{"title", title_}, {"cells", listed}};
}

}  // namespace host::results
