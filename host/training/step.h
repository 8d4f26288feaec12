#pragma once

#include <memory>

#include "host/training/assembly.h"
#include "host/training/optimizer.h"
#include "host/training/schedule.h"

namespace host::training {

/// One iteration of training on one batch: transformations, model, loss, gradients, update. The
/// only place where they meet; training, `check` and the benchmark all go through it.
class Step {
 public:
  /// `iterations_per_epoch` of the sampler that feeds it. Throws ExperimentError.
  Step(const Assembly& assembly, int64_t iterations_per_epoch);

  /// Runs iteration `iteration` on a batch as the loader gives it. Never waits for the device.
  sla::Loss operator()(int64_t iteration, sla::Batch batch);

  double learning_rate(int64_t iteration) const;
  int64_t total_iterations() const { return total_iterations_; }
  Optimizer& optimizer() { return *optimizer_; }

 private:
  const Assembly& assembly_;
  int64_t iterations_per_epoch_;
  int64_t total_iterations_;
  Schedule schedule_;
  std::unique_ptr<Optimizer> optimizer_;
  sla::Views views_;
};

}  // namespace host::training
