#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "host/storage/output_file.h"

namespace host::storage {

/// A run's metrics as JSON Lines: each line is an object with "iteration" and any number of named
/// metrics.
class MetricsFile {
 public:
  /// Opens for appending after the first `lines` lines. Later lines, written after the checkpoint
  /// being resumed, are dropped, as is an incomplete line. Throws StorageError.
  MetricsFile(const std::filesystem::path& file, int64_t lines);

  /// Appends one line. Throws StorageError, for example if the disk is full.
  void append(int64_t iteration, const std::map<std::string, double>& metrics);

  /// The number of lines.
  int64_t lines() const { return lines_; }

  /// Flushes all lines to disk. Throws StorageError.
  void sync() { file_.sync(); }

 private:
  int64_t lines_;
  OutputFile file_;
};

}  // namespace host::storage
