#pragma once

#include <filesystem>

namespace host::storage {

/// Keeps a run directory to one program at a time. The system takes the lock back when the program
/// ends, however it ends, so a crash leaves none behind.
class RunLock {
 public:
  /// Throws StorageError, naming the program that holds it, where another one does.
  explicit RunLock(const std::filesystem::path& file);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace host::storage
