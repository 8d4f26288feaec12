#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace host::storage {

/// A file that is written piece by piece. Every function throws StorageError that names the file,
/// the reason and what to do.
class OutputFile {
 public:
  enum class Start { empty, at_the_end };

  OutputFile(std::filesystem::path path, Start start);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Hands all bytes to the system: from here on they survive the end of this program.
  void write(std::string_view bytes);

  /// Waits until all that was written is on the disk: from here on it survives a power failure.
  void sync();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

/// Throws StorageError for a system call on `file` that just failed: "cannot WHAT FILE: ...".
[[noreturn]] void fail(std::string_view what, const std::filesystem::path& file);

}  // namespace host::storage
