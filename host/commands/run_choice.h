#pragma once

#include <filesystem>

#include "host/commands/experiment_commands.h"
#include "host/distributed/group.h"
#include "host/experiment/experiment.h"

namespace host::commands {

/// The directory that a training command works in. A new run gets a directory of its own, or
/// `--out` unless that holds a run that it would overwrite. `--resume` without `--out` finds, among
/// runs/NAME, runs/NAME-2, ..., the run of this very experiment that was saved last. Throws
/// StorageError, listing the runs there and what differs if none is of this experiment.
std::filesystem::path choose_directory(const TrainArguments& arguments,
                                       const experiment::Experiment& experiment);

/// The experiment that the arguments name. A group that its launcher has restarted resumes the run
/// that it had begun. To resume a run, sets `arguments.out` to its directory and takes from it what
/// the file leaves open: the length of --extend, or the longer of the file's and the run's, which
/// may have been extended before; and the parts of each batch. For a new run of several processes
/// these are as many as there are processes. Throws ExperimentError, StorageError and LostProcess.
experiment::Experiment chosen_experiment(TrainArguments& arguments,
                                         const distributed::Group& group);

}  // namespace host::commands
