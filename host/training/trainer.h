#pragma once

#include <optional>

#include "host/storage/run_directory.h"
#include "host/training/assembly.h"
#include "host/training/evaluation.h"

namespace host::training {

/// How a run ended.
struct Outcome {
  /// The signal that interrupted it; its state is saved.
  std::optional<int> interrupted = std::nullopt;
  /// Figures of the best checkpoint on the test split; empty when interrupted.
  Figures test = {};
};

/// Trains, validates, keeps the best, and scores it on the test split; everything goes into `run`.
/// A run that has a checkpoint goes on from it. Throws ExperimentError, PluginError and
/// StorageError; whatever was saved before stays.
Outcome train(const Assembly& assembly, const storage::RunDirectory& run);

/// One training step without saving anything: what `sla_host check` runs. Returns the loss.
double try_one_step(const Assembly& assembly);

}  // namespace host::training
