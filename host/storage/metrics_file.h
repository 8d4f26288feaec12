#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace host::storage {

/// Metrics of a run as JSON Lines: each line an object with "iteration" and any number of named
/// figures.
class MetricsFile {
 public:
  /// Opens for appending; lines of iterations after `iteration` (written after the checkpoint that
  /// a run continues from) and a torn last line are dropped. Throws StorageError.
  MetricsFile(std::filesystem::path file, int64_t iteration);

  /// Appends one line. Throws StorageError, for instance on a full disk.
  void append(int64_t iteration, const std::map<std::string, double>& figures);

 private:
  std::filesystem::path file_;
  std::ofstream stream_;
};

}  // namespace host::storage
