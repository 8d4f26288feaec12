#pragma once

#include <string>
#include <vector>

#include "host/storage/run_directory.h"
#include "host/training/assembly.h"
#include "host/training/checkpointing.h"
#include "host/training/evaluation.h"

namespace host::training {

/// What came of a run.
struct Results {
  TrainingState state;
  /// The metric that chose the best checkpoint.
  std::string select;
  /// How long this program was at it.
  double seconds = 0;
  /// Departures from the protocol that the experiment accepts.
  std::vector<std::string> protocol = {};
  Evaluation test;
};

/// Writes them as JSON. Throws StorageError.
void save_results(const storage::RunDirectory& run, const Assembly& assembly,
                  const Results& results);

}  // namespace host::training
