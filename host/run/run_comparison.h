#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/storage/run_directory.h"

namespace host::run {

/// The result of comparing two runs bit for bit.
struct RunComparison {
  /// How many tensors (checkpoints, weights) and values (metrics, results) were compared.
  int64_t tensors = 0;
  int64_t values = 0;
  /// One line each, naming the file and both values.
  std::vector<std::string> differences = {};
};

/// Compares checkpoints, weights, metrics and results of two runs, ignoring measured times. Throws
/// StorageError if a file is missing or damaged.
RunComparison compare_runs(const storage::RunDirectory& a, const storage::RunDirectory& b);

}  // namespace host::run
