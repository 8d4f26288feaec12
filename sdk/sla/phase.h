#pragma once

#include <cstdint>
#include <string>

namespace sla {

/// The length of a run.
struct TrainingLength {
  /// Iterations in the whole run.
  int64_t iterations = 0;
  /// Iterations per epoch.
  int64_t iterations_per_epoch = 1;
};

/// A period of training during which loss() runs a fixed sequence of kernels. The host logs the
/// beginning of each phase, and may record a phase's step once and replay it.
struct Phase {
  /// Its name in the log, such as "re-weighted": unique, not empty, without a dot.
  std::string name;
  /// Its first iteration, counted from 0 over the whole run; greater than that of the phase before.
  int64_t begin = 0;
};

}  // namespace sla
