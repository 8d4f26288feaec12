#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/evaluation/analysis.h"
#include "host/evaluation/evaluation.h"
#include "host/storage/run_directory.h"

namespace host::training {

/// How a run ended.
struct Outcome {
  /// Completed iterations.
  int64_t iteration = 0;
  /// Whether the run is complete; if not, its state is saved.
  bool finished = false;
  /// The signal that interrupted the run.
  std::optional<int> signal = std::nullopt;
  /// Test scores of the best checkpoint and their analysis, once finished.
  evaluation::Evaluation test = {};
  std::optional<evaluation::Analysis> analysis = std::nullopt;
  /// Exceptions to the protocol that the experiment accepts.
  std::vector<std::string> departures = {};
};

/// Trains, validates, keeps the best checkpoint and scores it on the test split; writes everything
/// to `run`. Resumes from the run's checkpoint if there is one. Stops after iteration `stop_after`
/// as on a signal. Throws ExperimentError, PluginError and StorageError; earlier saves stay, and if
/// an iteration or a validation fails, all progress before it is saved.
Outcome train(const assembly::Assembly& assembly, const storage::RunDirectory& run,
              std::optional<int64_t> stop_after = std::nullopt);

}  // namespace host::training
