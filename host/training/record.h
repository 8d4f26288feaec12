#pragma once

#include <chrono>
#include <cstdint>

#include "host/storage/metrics_file.h"
#include "host/storage/run_directory.h"
#include "host/storage/tensorboard_file.h"
#include "host/training/checkpointing.h"

namespace host::training {

/// A run's metrics, in both places that keep them.
class Record {
 public:
  /// Goes on where `state` left off. Throws StorageError.
  Record(const storage::RunDirectory& run, const TrainingState& state)
      : metrics_(run.metrics(), state.metric_lines), tensorboard_(run.path(), state.iteration) {}

  /// Throws StorageError.
  void write(int64_t iteration, const Figures& figures) {
    metrics_.append(iteration, figures);
    tensorboard_.append(iteration, figures);
  }

  storage::MetricsFile& metrics() { return metrics_; }

 private:
  storage::MetricsFile metrics_;
  storage::TensorBoardFile tensorboard_;
};

/// Images trained on, and how fast.
class Throughput {
 public:
  void add(int64_t images) {
    total_ += images;
    in_window_ += images;
  }

  /// Images since this object began.
  int64_t total() const { return total_; }

  /// Since the window was last restarted.
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

}  // namespace host::training
