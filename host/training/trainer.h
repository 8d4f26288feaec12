#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/storage/run_directory.h"
#include "host/training/assembly.h"
#include "host/training/evaluation.h"

namespace host::training {

/// How a run ended.
struct Outcome {
  /// Iterations done.
  int64_t iteration = 0;
  /// Whether they were all; else the run's state is saved.
  bool finished = false;
  /// The signal that interrupted it.
  std::optional<int> signal = std::nullopt;
  /// What the best checkpoint scores on the test split, once finished, and what that shows.
  Evaluation test = {};
  std::optional<Analysis> analysis = std::nullopt;
  /// Departures from the protocol that the experiment accepts.
  std::vector<std::string> departures = {};
};

/// Trains, validates, keeps the best, and scores it on the test split; everything goes into `run`.
/// A run that has a checkpoint goes on from it. Stops after iteration `stop_after` as at a signal.
/// Throws ExperimentError, PluginError and StorageError; what was saved before stays, and where an
/// iteration or a validation fails, all before it is saved.
Outcome train(const Assembly& assembly, const storage::RunDirectory& run,
              std::optional<int64_t> stop_after = std::nullopt);

/// One training step without saving anything: what `sla_host check` runs. Returns the loss.
double try_one_step(const Assembly& assembly);

}  // namespace host::training
