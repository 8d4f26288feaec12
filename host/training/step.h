#pragma once

#include <memory>
#include <vector>

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

  /// Runs iteration `iteration` on a batch as the loader gives it. Whatever it throws, the network
  /// and the optimizer are then as they were before. Throws NonFiniteError where it can tell
  /// without waiting for the device, or where the experiment wants each iteration looked at.
  sla::Loss operator()(int64_t iteration, sla::Batch batch);

  double learning_rate(int64_t iteration) const;
  int64_t total_iterations() const { return total_iterations_; }
  Optimizer& optimizer() { return *optimizer_; }

 private:
  sla::Loss forward_and_backward(int64_t iteration, sla::Batch batch);
  void check_gradients(int64_t iteration) const;
  void remember_buffers();
  void undo();

  const Assembly& assembly_;
  int64_t iterations_per_epoch_;
  int64_t total_iterations_;
  Schedule schedule_;
  std::unique_ptr<Optimizer> optimizer_;
  sla::Views views_;
  bool checks_finite_;
  // The forward pass changes them, long before the update changes the parameters.
  std::vector<at::Tensor> buffers_;
  std::vector<at::Tensor> buffers_before_;
};

}  // namespace host::training
