#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "host/storage/output_file.h"

namespace host::storage {

/// An event file that TensorBoard reads. Every function throws StorageError.
class TensorBoardFile {
 public:
  /// Starts a new event file in `folder`. TensorBoard then forgets what earlier files of the folder
  /// say of iterations after `iteration`.
  TensorBoardFile(const std::filesystem::path& folder, int64_t iteration);

  /// Appends scalars; a name's part before the first dot is TensorBoard's group.
  void append(int64_t iteration, const std::map<std::string, double>& figures);

  /// Appends Markdown.
  void append_text(int64_t iteration, const std::string& name, const std::string& text);

  /// Appends a picture: a PNG file, its width, height and number of channels.
  void append_image(int64_t iteration, const std::string& name, const std::string& png,
                    std::array<int64_t, 3> size);

 private:
  void write_record(const std::string& data);

  OutputFile file_;
};

}  // namespace host::storage
