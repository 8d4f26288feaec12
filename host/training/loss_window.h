#pragma once

#include <sla/objective.h>

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>

#include "host/training/evaluation.h"

namespace host::training {

/// Means of the training loss and its parts since the last line of the log. Adding never waits for
/// the device.
class LossWindow {
 public:
  void add(const sla::Loss& loss);

  /// The means, "loss", "loss.PART", ...; then it is empty. Nothing was added: "loss" is NaN.
  Figures take();

  /// For checkpoints.
  std::map<std::string, at::Tensor> state() const;
  void restore(const std::map<std::string, at::Tensor>& state);

 private:
  std::map<std::string, at::Tensor> sums_;
  int64_t count_ = 0;
};

}  // namespace host::training
