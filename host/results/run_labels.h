#pragma once

#include <string>
#include <vector>

#include "host/storage/run_directory.h"

namespace host::results {

/// What somebody noted about a run.
struct RunLabels {
  /// Sorted, each once.
  std::vector<std::string> tags = {};
  std::string note = {};
};

/// Reads and writes the labels of a run directory. Throw StorageError.
RunLabels read_labels(const storage::RunDirectory& run);
void write_labels(const storage::RunDirectory& run, const RunLabels& labels);

}  // namespace host::results
