#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "host/storage/output_file.h"

namespace host::storage {

/// An event file for TensorBoard. Every function throws StorageError.
class TensorBoardFile {
 public:
  /// Starts a new event file in `folder`. TensorBoard then discards what earlier files of the
  /// folder contain after `iteration`.
  TensorBoardFile(const std::filesystem::path& folder, int64_t iteration);

  /// Appends scalars; TensorBoard groups them by the part of the name before the first dot.
  void append(int64_t iteration, const std::map<std::string, double>& metrics);

  /// Appends Markdown.
  void append_text(int64_t iteration, const std::string& name, const std::string& text);

  /// Appends an image: a PNG file, its width, height and number of channels.
  void append_image(int64_t iteration, const std::string& name, const std::string& png,
                    std::array<int64_t, 3> size);

 private:
  void write_record(const std::string& data);

  OutputFile file_;
};

}  // namespace host::storage
