#pragma once

#include <cstdint>

#include "host/assembly/assembly.h"
#include "host/storage/run_directory.h"
#include "host/training/checkpointing.h"
#include "host/training/step.h"

namespace host::training {

/// Restores network, step and state from the run's newest intact checkpoint, if it has one. Throws
/// StorageError if that belongs to another experiment, or to another length that changes what was
/// trained.
void resume(const storage::RunDirectory& run, const assembly::Assembly& assembly,
            int64_t iterations_per_epoch, Step& step, TrainingState& state);

/// Loads the weights of the run's best checkpoint into the network. Throws StorageError.
/// Renames the best checkpoint that an attempt without any other has left, and removes its weights,
/// before a run starts again in the directory: it would be taken for the new run's own.
void set_aside_best(const storage::RunDirectory& run);

void load_best(const storage::RunDirectory& run, const assembly::Assembly& assembly);

}  // namespace host::training
