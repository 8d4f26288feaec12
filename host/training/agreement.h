#pragma once

#include <optional>

#include "host/distributed/group.h"
#include "host/training/checkpointing.h"
#include "host/training/step.h"

namespace host::training {

/// What the signals that have arrived ask for.
struct Wishes {
  /// The signal that requests a stop.
  std::optional<int> stop = std::nullopt;
  /// Whether to save.
  bool save = false;
};

/// The wishes of all processes together: the same in each.
Wishes agreed_wishes(const distributed::Group& group);

/// Gives every process the first one's network, optimizer, averages and progress, which that may
/// have read from a checkpoint that the others cannot see.
void share_state(const assembly::Assembly& assembly, const Step& step, TrainingState& state);

/// Throws ExperimentError if another process has another experiment, or other plugins, data or
/// frozen networks.
void require_same_experiment(const assembly::Assembly& assembly);

}  // namespace host::training
