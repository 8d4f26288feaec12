#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/experiment/document.h"

namespace host::sweep {

/// One run of a sweep.
struct Cell {
  /// Its directory's name: "cifar-cifar100-baseline-learning_rate=0.1-seed0".
  std::string name;
  std::filesystem::path experiment;
  experiment::Overrides overrides;
  std::filesystem::path directory;
  /// The name without the choices of [grid] and the seed: what [grid] is tried for.
  std::string family;
};

/// A sweep file:
///
///     experiments = ["../cifar.toml"]
///     profiles = ["cifar100,baseline,quick", "cifar100,sla,rotation,quick"]   # optional
///     seeds = [0, 1, 2]
///     [set]                            # optional: applied to every run
///     training.total_iterations = 400
///     [grid]                           # optional: every combination
///     optimizer.learning_rate = [0.1, 0.05]
///
/// Runs each experiment with each entry of `profiles`, written as for --profile; "" means no
/// profile. Experiments and plugins are relative to the file; other paths in `set` and `grid`, as
/// with --set, to the current folder. Each run has the seed of its name: `set` and `grid` may
/// not set it.
class Plan {
 public:
  /// Reads a sweep whose runs go to `out`, or to runs/NAME if it is empty. `settings`, as
  /// "TABLE.KEY=VALUE", apply to every run after [set]. Throws ExperimentError with file, line and
  /// column.
  Plan(const std::filesystem::path& file, const std::filesystem::path& out,
       const std::vector<std::string>& settings = {});

  const std::string& name() const { return name_; }
  /// Those it was read with.
  const std::vector<std::string>& settings() const { return settings_; }
  const std::filesystem::path& out() const { return out_; }
  /// In order: experiments slowest, then profiles, settings and, fastest, seeds.
  const std::vector<Cell>& cells() const { return cells_; }
  /// Whether it tries several values of a key.
  bool has_grid() const { return has_grid_; }

 private:
  std::string name_;
  std::filesystem::path out_;
  std::vector<std::string> settings_;
  std::vector<Cell> cells_;
  bool has_grid_ = false;
};

}  // namespace host::sweep
