#pragma once

#include <filesystem>
#include <string>

#include "host/sweep/plan.h"

namespace host::sweep {

enum class State { fresh, interrupted, finished };

/// How far a cell is.
struct Progress {
  State state = State::fresh;
  /// The directory of its run. For a new one it is the cell's, or if a run by other code or with
  /// other weights is there, the first unused one of NAME-2, NAME-3, ...
  std::filesystem::path directory = {};
  /// What differs in earlier runs of the same experiment by other code or with other weights, in
  /// one line; empty if there are none.
  std::string note = {};
};

/// Finds the run of a cell's experiment by the plugins, host and LibTorch of now, and with the
/// weights that model.weights and frozen runs have now; or, with `any_build`, by and with any.
/// Throws ExperimentError if the cell's experiment is invalid, or if its directory holds a
/// different one, naming the first key that differs.
Progress progress_of(const Cell& cell, bool any_build = false);

}  // namespace host::sweep
