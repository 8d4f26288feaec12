#pragma once

#include <cstdint>
#include <string>

namespace benchmark {

/// What saving a run costs.
struct SavingCosts {
  /// Size of one checkpoint in MiB.
  double mib = 0;
  /// Seconds that training stands still: median and longest.
  double blocked = 0;
  double longest = 0;
  /// Seconds until a checkpoint is on the disk, median.
  double written = 0;
};

/// Saves a run of a model, given as the table [model] in TOML, `times` times.
SavingCosts saving_costs(const std::string& model, int64_t times);

}  // namespace benchmark
