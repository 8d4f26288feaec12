#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/sweep/plan.h"

namespace host::sweep {

/// A place to execute a run.
struct Slot {
  /// As in --device; empty: the experiment's choice.
  std::string device = {};
  /// CPU threads; 0: the experiment's choice.
  int64_t threads = 0;
};

/// `jobs` slots on each device (if none is given, on the experiments' own), which share the cores.
std::vector<Slot> slots_on(const std::vector<std::string>& devices, int64_t jobs);

/// A run that did not finish.
struct Failure {
  std::string cell;
  /// The last line of its output, or why it was not started.
  std::string reason;
};

/// The outcome of a sweep.
struct Outcome {
  std::vector<Failure> failures = {};
  /// The signal that interrupted it; the active runs that did not fail have saved their state.
  std::optional<int> signal = std::nullopt;
};

/// Runs all unfinished cells (see progress_of()), one at a time in each slot; interrupted ones
/// resume. A failure does not stop the others.
Outcome run(const std::vector<Cell>& cells, std::vector<Slot> slots, bool any_build);

}  // namespace host::sweep
