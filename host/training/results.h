#pragma once

#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/evaluation/evaluation.h"
#include "host/storage/run_directory.h"
#include "host/training/checkpointing.h"

namespace host::training {

/// The results of a run.
struct Results {
  TrainingState state;
  /// The metric that selected the best checkpoint.
  std::string select;
  /// Exceptions to the protocol that the experiment accepts.
  std::vector<std::string> protocol = {};
  evaluation::Evaluation test;
};

/// Writes the results as JSON, with the time that the run's metrics tell of. Throws StorageError.
void save_results(const storage::RunDirectory& run, const assembly::Assembly& assembly,
                  const Results& results);

}  // namespace host::training
