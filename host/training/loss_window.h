#pragma once

#include <sla/loss.h>

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>

#include "host/evaluation/score.h"

namespace host::training {

/// Means, since the last log line, of the training loss, its terms and the objective's logged
/// values, each over the iterations that reported it. Adding never waits for the device.
class LossWindow {
 public:
  /// The entry of state() with the sum of the losses.
  static constexpr const char* kLossSum = "sum.loss";

  void add(const sla::Loss& loss, const at::Tensor& total);

  /// Returns the means ("loss", "loss.TERM", ..., and logged values under their own names) and
  /// clears the window. If nothing was added, "loss" is NaN.
  evaluation::Metrics take();

  /// For checkpoints.
  std::map<std::string, at::Tensor> state() const;
  void restore(const std::map<std::string, at::Tensor>& state);

 private:
  struct Sum {
    at::Tensor sum;
    int64_t count = 0;
  };

  std::map<std::string, Sum> sums_;
};

}  // namespace host::training
