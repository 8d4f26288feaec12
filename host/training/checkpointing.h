#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

#include "host/storage/safetensors.h"
#include "host/training/assembly.h"
#include "host/training/loss_window.h"
#include "host/training/optimizer.h"

namespace host::training {

/// The best validation so far.
struct Best {
  int64_t iteration = -1;
  double figure = std::numeric_limits<double>::quiet_NaN();
};

/// Where a run stands. Every random number is a function of the seed and of an iteration's number,
/// so this and the tensors are all that a run needs to go on bit for bit.
struct TrainingState {
  /// Iterations done.
  int64_t iteration = 0;
  /// The iteration after which the last validation was.
  int64_t validated = 0;
  /// Iterations whose loss was not finite and that changed nothing.
  int64_t skipped = 0;
  /// Lines of metrics written.
  int64_t metric_lines = 0;
  Best best;
  LossWindow window;
};

/// A copy of all that a checkpoint holds: network, optimizer, state, and the experiment they belong
/// to.
storage::TensorFile pack(const Assembly& assembly, const Optimizer& optimizer,
                         const TrainingState& state);

/// Puts a checkpoint's content back; `source` names it in messages. Throws StorageError where it
/// belongs to another experiment, naming the keys that differ (those that do not change what is
/// computed may).
void unpack(const storage::TensorFile& content, const std::string& source, const Assembly& assembly,
            Optimizer& optimizer, TrainingState& state);

/// The network's weights alone, and the experiment where the content names it.
storage::TensorFile network_part(const storage::TensorFile& content);

/// The best validation as a checkpoint knows it. Throws StorageError.
Best unpack_best(const storage::TensorFile& content, const std::string& source);

/// Puts the network's weights alone back.
void unpack_network(const storage::TensorFile& content, const std::string& source,
                    const Assembly& assembly);

}  // namespace host::training
