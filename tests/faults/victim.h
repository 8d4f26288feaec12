#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>

namespace faults {

/// A short run that is to meet faults: tiny, and with a checkpoint after each iteration.
class Victim {
 public:
  static constexpr int64_t kIterations = 30;

  /// Its experiment file goes into `folder`, its run directory is `folder`/run.
  explicit Victim(const std::filesystem::path& folder);

  const std::filesystem::path& run() const { return run_; }

  /// Starts the run, or goes on with it, in a process of its own that first calls `prepare`.
  pid_t start(const std::function<void()>& prepare) const;

  /// Goes on with the run as far as its first iteration; returns the seconds that took. Throws
  /// std::runtime_error where it fails.
  double recover() const;

  /// Goes on with the run to its end. Throws std::runtime_error where that fails.
  void finish() const;

  /// The iteration of a checkpoint. Throws StorageError.
  static int64_t iteration_of(const std::filesystem::path& checkpoint);

  /// The iteration of the newest checkpoint that is whole; 0 where there is none yet.
  int64_t saved_iteration() const;

  /// Throws std::runtime_error unless the finished run is the same as `other` bit for bit.
  void compare_with(const std::filesystem::path& other) const;

 private:
  pid_t launch(const std::function<void()>& prepare, bool only_recover) const;

  std::filesystem::path experiment_;
  std::filesystem::path run_;
  std::filesystem::path output_;
};

}  // namespace faults
