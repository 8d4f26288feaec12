#pragma once

#include <filesystem>

#include "host/commands/experiment_commands.h"
#include "host/experiment/experiment.h"

namespace host::commands {

/// The directory that a training command works in. A new run gets a directory of its own, or
/// `--out` unless that holds a run that it would overwrite. `--resume` without `--out` finds, among
/// runs/NAME, runs/NAME-2, ..., the run of this very experiment that was saved last. Throws
/// StorageError, listing the runs there and what differs if none is of this experiment.
std::filesystem::path choose_directory(const TrainArguments& arguments,
                                       const experiment::Experiment& experiment);

}  // namespace host::commands
