#pragma once

#include <filesystem>

namespace host::run {

/// Limits a run directory to one program at a time. The system releases the lock when the program
/// ends, for whatever reason, so a crash leaves none behind.
class RunLock {
 public:
  /// Throws StorageError if another program holds the lock, naming that program.
  explicit RunLock(const std::filesystem::path& file);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace host::run
