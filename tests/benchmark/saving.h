#pragma once

#include <cstdint>
#include <string>

namespace benchmark {

/// The cost of saving a run.
struct SavingCosts {
  /// Size of one checkpoint in MiB.
  double mib = 0;
  /// Seconds that training waits: median and longest.
  double blocked = 0;
  double longest = 0;
  /// Median seconds until a checkpoint is on disk.
  double written = 0;
};

/// Saves a run of a model, given as a TOML [model] table, `times` times.
SavingCosts saving_costs(const std::string& model, int64_t times);

}  // namespace benchmark
