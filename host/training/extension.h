#pragma once

#include <cstdint>
#include <string>

#include "host/assembly/assembly.h"
#include "host/storage/run_directory.h"

namespace host::training {

/// Where a run stands that is to continue.
struct Standing {
  /// Completed iterations.
  int64_t iteration = 0;
  /// The iteration of the last validation.
  int64_t validated = 0;
  int64_t iterations_per_epoch = 0;
  /// The experiment as it was, from the checkpoint.
  experiment::Table experiment = {};
};

/// Notes in an experiment that lengthens the run (training.extended_at) if its learning rates or
/// phases up to the run's old length differ from those that a run of the new length has. Throws
/// StorageError and ExperimentError.
void note_extension(const storage::RunDirectory& run, assembly::Assembly& assembly);

/// Lets a run continue at another length, for which its experiment is rewritten and its results are
/// renamed. Without another length does nothing. Throws StorageError if the run is already longer,
/// or if the iterations so far would have had other learning rates or phases in a run of the new
/// length: then it would be neither a run of the old length nor one of the new, unless
/// training.extended_at says so. `source` names the checkpoint.
void change_length(const storage::RunDirectory& run, const Standing& standing,
                   const assembly::Assembly& assembly, const std::string& source);

}  // namespace host::training
