#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace host::storage {

/// A file written piece by piece. Every function throws StorageError with the file, the reason and
/// a remedy.
class OutputFile {
 public:
  enum class Start { empty, at_the_end };

  OutputFile(std::filesystem::path path, Start start);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Passes all bytes to the kernel, so that they survive the end of this program.
  void write(std::string_view bytes);

  /// Flushes all data to disk, so that it survives a power failure.
  void sync();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

/// Throws StorageError for a failed system call on `file`: "cannot WHAT FILE: ...".
[[noreturn]] void fail(std::string_view what, const std::filesystem::path& file);

/// Whether a failed sync means that the file system cannot do it, not that data was lost.
bool cannot_sync(int reason);

/// Says so, once.
void warn_of_missing_sync(const std::filesystem::path& file);

}  // namespace host::storage
