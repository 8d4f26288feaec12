#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace benchmark {

/// What one measurement of training steps found; tools/benchmark puts it beside PyTorch's.
struct StepCosts {
  /// Images of a step, before transformations.
  int64_t images = 0;
  /// Numbers in the network's parameters, heads included.
  int64_t parameters = 0;
  /// Seconds of the first step, and mean seconds of those that were timed.
  double first_step = 0;
  double step = 0;
  /// The most memory that the process had; on a GPU, that LibTorch reserved there; 0 if unknown.
  double peak_mib = 0;
};

/// What to measure.
struct StepSettings {
  /// A row of the table: "resnet32", "resnet18_cifar", "wrn28_10", "resnet18_224" or "few_shot".
  std::string row = "resnet32";
  /// The experiment's training.precision, runtime.kernels and runtime.device.
  std::string precision = "fp32";
  std::string kernels = "auto";
  std::string device = "cpu";
  /// Further settings of the experiment, such as "runtime.graph=off".
  std::vector<std::string> more;
  /// At least so long, and at least one step after those before it.
  double seconds = 4;
};

/// Whole training steps on one batch of random images: transformations, network, loss, gradients,
/// update. Throws std::runtime_error for another row, and if the machine does not have the kernels.
StepCosts training_steps(const StepSettings& settings);

}  // namespace benchmark
