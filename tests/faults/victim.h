#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>

namespace faults {

/// A short run for fault injection: tiny, with a checkpoint after each iteration.
class Victim {
 public:
  static constexpr int64_t kIterations = 30;

  /// Its experiment file goes to `folder`, its run directory is `folder`/run.
  /// It is trained in `processes` processes.
  explicit Victim(const std::filesystem::path& folder, int processes = 1);

  const std::filesystem::path& run() const { return run_; }

  int processes() const { return processes_; }

  /// Starts or resumes the run in a child process that first calls `prepare`.
  pid_t start(const std::function<void()>& prepare) const;

  /// Resumes the run as far as its first iteration; returns the seconds that took. Throws
  /// std::runtime_error on failure.
  double recover() const;

  /// Resumes the run to its end. Throws std::runtime_error on failure.
  void finish() const;

  /// The iteration of a checkpoint. Throws StorageError.
  static int64_t iteration_of(const std::filesystem::path& checkpoint);

  /// The iteration of the newest intact checkpoint; 0 if there is none yet.
  int64_t saved_iteration() const;

  /// Throws std::runtime_error unless the finished run is bit-identical to `other`.
  void compare_with(const std::filesystem::path& other) const;

 private:
  pid_t launch(const std::function<void()>& prepare, bool only_recover) const;

  std::filesystem::path experiment_;
  std::filesystem::path run_;
  std::filesystem::path output_;
  int processes_;
};

}  // namespace faults
