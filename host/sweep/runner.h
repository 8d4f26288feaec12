#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/sweep/plan.h"

namespace host::sweep {

/// Where a run may be at work.
struct Slot {
  /// As in --device; empty: what the experiment says.
  std::string device = {};
  /// Threads of the CPU; 0: what the experiment says.
  int64_t threads = 0;
};

/// `jobs` slots on each device (none named: on the experiments' own), which share the cores.
std::vector<Slot> slots_on(const std::vector<std::string>& devices, int64_t jobs);

/// A run that did not come to its end.
struct Failure {
  std::string cell;
  /// What it said last, or why it was not started.
  std::string reason;
};

/// How a sweep ended.
struct Outcome {
  std::vector<Failure> failures = {};
  /// The signal that interrupted it; the runs under way have saved themselves.
  std::optional<int> signal = std::nullopt;
};

/// Runs those cells that are not finished, one at a time in each slot; those that were interrupted
/// go on. A failure does not keep the others from running.
Outcome run(const std::vector<Cell>& cells, std::vector<Slot> slots);

}  // namespace host::sweep
