#pragma once

#include <chrono>
#include <cstdint>

#include "host/evaluation/score.h"
#include "host/storage/metrics_file.h"
#include "host/storage/run_directory.h"
#include "host/storage/tensorboard_file.h"

namespace host::run {

/// Writes a run's metrics to both of their files.
class Record {
 public:
  /// Continues after `metric_lines` lines and iteration `iteration`. Throws StorageError.
  Record(const storage::RunDirectory& run, int64_t metric_lines, int64_t iteration)
      : metrics_(run.metrics(), metric_lines), tensorboard_(run.path(), iteration) {}

  /// Throws StorageError.
  void write(int64_t iteration, const evaluation::Metrics& metrics) {
    metrics_.append(iteration, metrics);
    tensorboard_.append(iteration, metrics);
  }

  storage::MetricsFile& metrics() { return metrics_; }

 private:
  storage::MetricsFile metrics_;
  storage::TensorBoardFile tensorboard_;
};

/// Counts training images and measures throughput.
class Throughput {
 public:
  void add(int64_t images) {
    total_ += images;
    in_window_ += images;
  }

  /// Images since construction.
  int64_t total() const { return total_; }

  /// Since the window was last reset.
  double images_per_second() const {
    const std::chrono::duration<double> seconds = Clock::now() - window_start_;
    return static_cast<double>(in_window_) / seconds.count();
  }

  void restart_window() {
    window_start_ = Clock::now();
    in_window_ = 0;
  }

 private:
  using Clock = std::chrono::steady_clock;

  int64_t total_ = 0;
  int64_t in_window_ = 0;
  Clock::time_point window_start_ = Clock::now();
};

}  // namespace host::run
