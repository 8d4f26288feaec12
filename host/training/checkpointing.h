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
  Best best;
  LossWindow window;
};

/// The content of a checkpoint: network, optimizer, state, and the experiment they belong to.
storage::TensorFile pack(const Assembly& assembly, const Optimizer& optimizer,
                         const TrainingState& state);

/// Puts a checkpoint's content back; `source` names it in messages. Throws StorageError where it
/// belongs to another experiment, naming the keys that differ ([runtime] and [[published]] may).
void unpack(const storage::TensorFile& content, const std::string& source, const Assembly& assembly,
            Optimizer& optimizer, TrainingState& state);

/// Puts the network's weights alone back.
void unpack_network(const storage::TensorFile& content, const std::string& source,
                    const Assembly& assembly);

}  // namespace host::training
