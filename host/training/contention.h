#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace host::training {

/// Notices that other programs use the processors which a run on the CPU counts on. Its threads
/// wait for each other after each part of a step, so one of them without a processor holds up all.
class Contention {
 public:
  using Clock = std::chrono::steady_clock;

  /// How long the calling thread has had a processor, and has waited for one, in nanoseconds.
  struct Times {
    double ran = 0;
    double waited = 0;
  };

  /// Judges periods of at least `period`, from here on, for a run with `threads`.
  explicit Contention(int threads, Clock::duration period = std::chrono::seconds(10));

  /// What to tell the user, once: after the first period in which this thread waited for a
  /// processor for a quarter of the time that it wanted one, unless the run has only one thread.
  /// Called by the thread that constructed it.
  std::optional<std::string> finding();

 private:
  int threads_;
  Clock::duration period_;
  Clock::time_point begin_ = Clock::now();
  /// Absent if the kernel doesn't tell, or everything has been said.
  std::optional<Times> before_;
};

}  // namespace host::training
