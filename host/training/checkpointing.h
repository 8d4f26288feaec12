#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

#include "host/assembly/assembly.h"
#include "host/storage/metrics_file.h"
#include "host/storage/safetensors.h"
#include "host/training/loss_window.h"
#include "host/training/step.h"

namespace host::training {

/// The best validation so far.
struct Best {
  int64_t iteration = -1;
  double value = std::numeric_limits<double>::quiet_NaN();
};

/// A run's progress. Every random number is a function of the seed and the iteration, so this and
/// the tensors are all that a run needs to resume bit for bit.
struct TrainingState {
  /// Completed iterations.
  int64_t iteration = 0;
  /// The iteration of the last validation.
  int64_t validated = 0;
  /// Iterations skipped because of a non-finite loss or gradient.
  int64_t skipped = 0;
  /// Lines of metrics written.
  int64_t metric_lines = 0;
  Best best;
  LossWindow window;
};

/// A checkpoint's content, copied: network, state of the step (see Step::state), progress, and the
/// experiment they belong to.
/// First syncs the metrics written so far to disk. Throws StorageError if that fails,
/// NonFiniteError if a weight is not finite.
storage::TensorFile checkpoint_of(const assembly::Assembly& assembly, const Step& step,
                                  TrainingState& state, storage::MetricsFile& metrics);

/// Restores a checkpoint's content; `source` names it in messages. Throws StorageError if it
/// belongs to another experiment, naming the keys that differ (keys that do not affect the results
/// may).
void unpack(const storage::TensorFile& content, const std::string& source,
            const assembly::Assembly& assembly, const Step& step, TrainingState& state);

/// The progress recorded in a checkpoint, without its loss window. Throws StorageError.
TrainingState unpack_progress(const storage::TensorFile& content, const std::string& source);

}  // namespace host::training
