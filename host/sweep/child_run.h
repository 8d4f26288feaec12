#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/sweep/plan.h"

namespace host::sweep {

/// This program, training a cell in a child process. Its output goes to sweep.log in the cell's
/// directory.
class ChildRun {
 public:
  /// Starts it; `settings` are added to the cell's. If this process dies, the child is told to save
  /// and stop. Throws StorageError.
  ChildRun(const Cell& cell, bool resume, const std::vector<std::string>& settings);
  ~ChildRun();
  ChildRun(ChildRun&& other) noexcept;
  ChildRun& operator=(ChildRun&&) = delete;
  ChildRun(const ChildRun&) = delete;
  ChildRun& operator=(const ChildRun&) = delete;

  const Cell& cell() const { return cell_; }

  /// Its exit status once it has ended; 128 + signal if a signal ended it.
  std::optional<int> ended();

  /// Sends it a signal: SIGTERM asks it to save and stop, SIGUSR1 to save.
  void tell(int signal) const;

  /// The last line of its output.
  std::string last_line() const;

  double seconds() const;

 private:
  Cell cell_;
  std::filesystem::path log_;
  pid_t process_ = -1;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The log file for a cell's output.
std::filesystem::path log_of(const Cell& cell);

}  // namespace host::sweep
