#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace host::terminal {

/// The progress of a loop over iterations: on a terminal a bar with images/s and time left,
/// elsewhere nothing (log lines are enough there).
class ProgressBar {
 public:
  /// `first` iterations were done in earlier sessions of the run.
  ProgressBar(std::string label, int64_t first, int64_t total);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Reports `done` iterations and `images` images since the loop began; redraws at most ten times
  /// a second.
  void update(int64_t done, int64_t images, std::string_view note);

  /// Images per second since this loop began.
  double images_per_second(int64_t images) const;

 private:
  using Clock = std::chrono::steady_clock;

  std::string label_;
  int64_t first_;
  int64_t total_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_drawn_{};
};

/// A human-readable duration: "42 s", "3 min 05 s", "2 h 10 min".
std::string format_duration(double seconds);

/// Shows what a plugin reports through sla::Host::progress: a status line on a terminal, elsewhere
/// a log line every 10 %. Any thread.
void show_activity(std::string_view activity, int64_t done, int64_t total);

}  // namespace host::terminal
