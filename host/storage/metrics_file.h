#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "host/storage/output_file.h"

namespace host::storage {

/// Metrics of a run as JSON Lines: each line an object with "iteration" and any number of named
/// figures.
class MetricsFile {
 public:
  /// Opens for appending after the first `lines` lines; what follows them was written after the
  /// checkpoint that a run continues from, and is dropped, as is a torn line. Throws StorageError.
  MetricsFile(const std::filesystem::path& file, int64_t lines);

  /// Appends one line. Throws StorageError, for instance on a full disk.
  void append(int64_t iteration, const std::map<std::string, double>& figures);

  /// How many lines there are.
  int64_t lines() const { return lines_; }

  /// Waits until they are on the disk. Throws StorageError.
  void sync() { file_.sync(); }

 private:
  int64_t lines_;
  OutputFile file_;
};

}  // namespace host::storage
