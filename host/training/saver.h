#pragma once

#include <cstdint>
#include <future>

#include "host/storage/metrics_file.h"
#include "host/storage/run_directory.h"
#include "host/training/checkpointing.h"

namespace host::training {

/// Saves a run while it goes on. Of everything that a checkpoint holds a copy is taken at once; the
/// copy is written in the background.
class Saver {
 public:
  /// What it refers to outlives it.
  Saver(const Assembly& assembly, const Optimizer& optimizer, const storage::RunDirectory& run)
      : assembly_(assembly), optimizer_(optimizer), run_(run) {}

  /// Starts to save where the run stands, as the last checkpoint and where asked as the best; the
  /// metrics written so far are made safe first. Waits for the save before. Throws StorageError
  /// where that one, or the metrics, could not be written; NonFiniteError, and saves nothing, where
  /// a weight is not finite.
  void save(TrainingState& state, storage::MetricsFile& metrics, bool best = false);

  /// Waits until all is written. Throws StorageError where it could not be.
  void finish();

 private:
  const Assembly& assembly_;
  const Optimizer& optimizer_;
  const storage::RunDirectory& run_;
  std::future<void> writing_;
};

}  // namespace host::training
