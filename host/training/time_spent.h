#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <chrono>
#include <cstdint>

#include "host/evaluation/score.h"

namespace host::training {

/// What a run spends time on.
enum class Activity : uint8_t {
  /// Waiting for the loader.
  data,
  transformations,
  /// Model and loss.
  forward,
  backward,
  /// Waiting for the other processes and adding their gradients and losses.
  exchange,
  update,
  /// All of a step, if its parts cannot be told apart.
  step,
  validation,
  /// Checkpoints, metrics and log.
  saving
};

/// How long a run has spent on what, as a clock of the host shows it; the device is never waited
/// for. A GPU still works on what the host has left behind, so there the parts of a step count as
/// one.
class TimeSpent {
 public:
  explicit TimeSpent(at::Device device) : tells_steps_apart_(device.is_cpu()) {}

  /// Times from here on.
  void restart() { last_ = Clock::now(); }

  /// The time since the last call went into `activity`.
  void add(Activity activity);

  /// The seconds of each activity that took any, such as "seconds.forward"; clears them.
  evaluation::Metrics take();

 private:
  using Clock = std::chrono::steady_clock;

  bool tells_steps_apart_;
  Clock::time_point last_ = Clock::now();
  std::array<Clock::duration, static_cast<size_t>(Activity::saving) + 1> spent_ = {};
};

}  // namespace host::training
