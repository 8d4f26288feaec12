#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/experiment/document.h"

namespace host::sweep {

/// One run of a sweep.
struct Cell {
  /// "cifar-cifar100-baseline-learning_rate=0.1-seed0": its directory's name.
  std::string name;
  std::filesystem::path experiment;
  experiment::Overrides overrides;
  std::filesystem::path directory;
};

/// How far a cell is.
enum class State { fresh, interrupted, finished };

/// A sweep file:
///
///     experiments = ["../cifar.toml"]
///     profiles = ["cifar100,baseline,quick", "cifar100,sla,rotation,quick"]   # optional
///     seeds = [0, 1, 2]
///     [set]                            # optional: laid over every run
///     training.total_iterations = 400
///     [grid]                           # optional: every combination
///     optimizer.learning_rate = [0.1, 0.05]
///
/// Each experiment is run with each of `profiles`, which are written as behind --profile; "" is the
/// experiment without one. Paths are relative to the file.
class Plan {
 public:
  /// Reads a sweep whose runs go into `out`, or into runs/NAME where it is empty. Throws
  /// ExperimentError with file, line and column.
  Plan(const std::filesystem::path& file, const std::filesystem::path& out);

  const std::string& name() const { return name_; }
  const std::filesystem::path& out() const { return out_; }
  /// In their order: experiments slowest, then profiles, settings and, fastest, seeds.
  const std::vector<Cell>& cells() const { return cells_; }

 private:
  std::string name_;
  std::filesystem::path out_;
  std::vector<Cell> cells_;
};

/// What is in a cell's directory. Throws ExperimentError where the cell's experiment is not one,
/// and where the directory holds another, naming the first key that differs.
State state_of(const Cell& cell);

}  // namespace host::sweep
