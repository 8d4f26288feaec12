#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/storage/run_directory.h"

namespace host::storage {

/// What two runs have alike, bit for bit, and what not.
struct RunComparison {
  /// Tensors of checkpoints and weights, and figures of metrics and results, that were compared.
  int64_t tensors = 0;
  int64_t figures = 0;
  /// One line each, with the file and what stands in it.
  std::vector<std::string> differences = {};
};

/// Compares checkpoints, weights, metrics and results of two runs; what tells the time does not
/// count. Throws StorageError where a file is missing or damaged.
RunComparison compare_runs(const RunDirectory& a, const RunDirectory& b);

}  // namespace host::storage
