#include "host/results/run_cell.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <functional>
#include <utility>

#include "host/base/metric_name.h"
#include "host/terminal/progress_bar.h"

namespace host::results {

namespace {

using experiment::Table;
using experiment::Value;

RunCell number(double value) { return std::isnan(value) ? RunCell() : RunCell(value); }

RunCell text(const std::string& value) { return value.empty() ? RunCell() : RunCell(value); }

/// A value of the experiment; what is neither number nor text as TOML.
RunCell as_cell(const Value& value) {
  if (const auto* whole = std::get_if<int64_t>(&value.held)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value.held)) return *real;
  if (const auto* words = value.text()) return *words;
  // A table would be a section of its own: write it as the only entry of a list.
  const bool is_table = value.table() != nullptr;
  const Value written = is_table ? Value{experiment::Array{value}, value.where} : value;
  std::string line = experiment::to_toml({{"value", written}});
  line = line.substr(line.find('=') + 2);
  line.pop_back();
  return is_table ? line.substr(1, line.size() - 2) : line;
}

/// The value at "table.key".
RunCell value_at(const Table& document, const std::string& path) {
  const auto dot = path.find('.');
  const auto found = document.find(path.substr(0, dot));
  if (found == document.end()) return {};
  if (dot == std::string::npos) return as_cell(found->second);
  const Table* table = found->second.table();
  return table == nullptr ? RunCell() : value_at(*table, path.substr(dot + 1));
}

/// The components of a dataset's table, the outermost first: "long_tail of
/// cifar".
std::string component_of(const Table& table) {
  const auto own = experiment::text_at(table, "component");
  const auto name = own.empty() ? experiment::text_at(table, "plugin") : own;
  const auto* source = experiment::table_at(table, "source");
  return source == nullptr ? name : name + " of " + component_of(*source);
}

std::string component(const RunSummary& run, const char* kind) {
  const auto* table = experiment::table_at(run.experiment, kind);
  return table == nullptr ? "" : component_of(*table);
}

/// The test metric that belongs to the one that selected the checkpoint;
/// without one, the first accuracy.
std::pair<std::string, double> test_of(const RunSummary& run) {
  const auto selected = MetricName::parse(run.selected_by);
  const auto same = run.metrics.find(selected.prediction + "." + selected.metric);
  if (same != run.metrics.end()) return *same;
  for (const auto& [name, value] : run.metrics) {
    if (MetricName::parse(name).metric == "accuracy") return {name, value};
  }
  return {"", std::nan("")};
}

std::string metric_text(const std::string& name, double value) {
  const auto metric = MetricName::parse(name);
  if (std::isnan(value)) return "-";
  if (metric.metric == "loss") return fmt::format("{:.4f} loss of {}", value, metric.prediction);
  return fmt::format("{:.2f} % {}", value, metric.prediction);
}

struct Column {
  const char* name;
  std::function<RunCell(const RunSummary&)> cell;
};

const std::vector<Column>& columns() {
  static const std::vector<Column> all{
      {"run", [](const RunSummary& run) { return text(run.path.string()); }},
      {"name",
       [](const RunSummary& run) { return text(experiment::text_at(run.experiment, "name")); }},
      {"state", [](const RunSummary& run) { return text(run.state); }},
      {"iteration",
       [](const RunSummary& run) { return number(static_cast<double>(run.iteration)); }},
      {"age", [](const RunSummary& run) { return number(run.age); }},
      {"dataset", [](const RunSummary& run) { return text(component(run, "dataset")); }},
      {"model", [](const RunSummary& run) { return text(component(run, "model")); }},
      {"objective", [](const RunSummary& run) { return text(component(run, "objective")); }},
      {"seed", [](const RunSummary& run) { return value_at(run.experiment, "seed"); }},
      {"validation", [](const RunSummary& run) { return number(run.selected_at); }},
      {"test", [](const RunSummary& run) { return number(test_of(run).second); }},
      {"tags",
       [](const RunSummary& run) {
         return text(fmt::format("{}", fmt::join(run.labels.tags, ", ")));
       }},
      {"note", [](const RunSummary& run) { return text(run.labels.note); }}};
  return all;
}

}  // namespace

const std::vector<std::string>& run_columns() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Column& column : columns()) all.emplace_back(column.name);
    return all;
  }();
  return names;
}

RunCell cell_of(const RunSummary& run, const std::string& column) {
  for (const Column& known : columns()) {
    if (column == known.name) return known.cell(run);
  }
  const auto metric = run.metrics.find(column);
  return metric == run.metrics.end() ? value_at(run.experiment, column) : number(metric->second);
}

std::string shown(const RunSummary& run, const std::string& column) {
  if (column == "age") return terminal::format_duration(run.age);
  if (column == "validation") return metric_text(run.selected_by, run.selected_at);
  if (column == "test") {
    const auto [name, value] = test_of(run);
    return metric_text(name, value);
  }
  const RunCell cell = cell_of(run, column);
  if (const auto* value = std::get_if<double>(&cell)) return fmt::format("{}", *value);
  const auto* words = std::get_if<std::string>(&cell);
  return words == nullptr ? "-" : *words;
}

}  // namespace host::results
