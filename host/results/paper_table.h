#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/experiment/document.h"
#include "host/results/groups.h"
#include "host/results/text_table.h"

namespace host::results {

/// A published value next to the results of our runs.
struct PaperCell {
  std::string row;
  std::string column;
  /// PREDICTION.METRIC of the test split.
  std::string metric;
  /// Empty if the project has no such experiment.
  std::filesystem::path experiment = {};
  /// The profiles to run it with, as given to --profile.
  std::string profiles = {};
  std::optional<double> published = std::nullopt;
  std::string source = {};
  /// Whether any runs of the experiment exist.
  bool has_runs = false;
  /// Statistic over seeds; nullopt if no run is finished.
  std::optional<Statistic> ours = std::nullopt;
};

/// A table of a paper, as a file defines it:
///
///     title = "CIFAR, ResNet-32"
///     [[column]]
///     name = "CIFAR-10"
///     experiment = "../cifar.toml"
///     profiles = "cifar10"             # optional
///     [[column]]
///     name = "CIFAR-100"
///     experiment = "../cifar.toml"
///     profiles = "cifar100"
///     [[row]]
///     name = "SLA+SI, rotation"
///     metric = "single.accuracy"
///     profiles = "sla,rotation"        # optional; or a list of one for each column, "": no such
///                                      # experiment
///
/// A cell is its column's experiment with the column's profiles followed by the row's. Published
/// values come from the experiments; paths are relative to the file.
class PaperTable {
 public:
  /// Reads the table and its experiments. `overrides` apply to our experiments, but not to those
  /// that published values come from. Throws ExperimentError.
  PaperTable(const std::filesystem::path& file, const experiment::Overrides& overrides);

  /// Finds the runs of each cell's experiment. Throws ExperimentError if the runs of one column are
  /// not scored on the same test images.
  void fill(std::vector<Run> runs, std::vector<std::string>& notes);

  const std::string& title() const { return title_; }
  const std::vector<PaperCell>& cells() const { return cells_; }

  /// Whether any cell has a published value.
  bool quotes_values() const;

  /// Why a cell is incomplete; empty if it is not.
  std::string missing(const PaperCell& cell) const;

  /// One line per row; for each column ours, if values are quoted between the published value and
  /// the difference.
  TextTable text() const;
  nlohmann::json json() const;

 private:
  /// Adds a cell, with its experiment's published value.
  void add(PaperCell cell, experiment::Overrides overrides);

  std::string title_;
  std::vector<std::string> columns_;
  std::vector<std::string> rows_;
  std::vector<PaperCell> cells_;                                // row by row
  std::vector<std::map<std::string, std::string>> identities_;  // of the cells' experiments
};

}  // namespace host::results
