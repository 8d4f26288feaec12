#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "host/storage/output_file.h"

namespace host::storage {

/// An event file that TensorBoard reads: scalars over iterations.
class TensorBoardFile {
 public:
  /// Starts a new event file in `folder`. TensorBoard then forgets what earlier files of the folder
  /// say of iterations after `iteration`. Throws StorageError.
  TensorBoardFile(const std::filesystem::path& folder, int64_t iteration);

  /// Appends scalars; a name's part before the first dot is TensorBoard's group. Throws
  /// StorageError.
  void append(int64_t iteration, const std::map<std::string, double>& figures);

 private:
  void write_record(const std::string& data);

  OutputFile file_;
};

}  // namespace host::storage
