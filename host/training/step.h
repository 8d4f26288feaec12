#pragma once

#include <map>
#include <memory>
#include <string>

#include "host/assembly/assembly.h"
#include "host/data/division.h"
#include "host/distributed/gradient_sum.h"
#include "host/training/course.h"
#include "host/training/optimizer.h"
#include "host/training/recorded_passes.h"
#include "host/training/registration_check.h"
#include "host/training/step_buffers.h"
#include "host/training/time_spent.h"
#include "host/training/weight_average.h"

namespace host::training {

/// One training iteration on one batch: transformations, model, loss, gradients, update. The
/// only implementation; training, `check` and the benchmark all use it.
class Step {
 public:
  /// `iterations_per_epoch` is that of the training sampler. Throws ExperimentError.
  Step(const assembly::Assembly& assembly, int64_t iterations_per_epoch);

  /// A loss and the sum of its terms.
  struct Result {
    sla::Loss loss;
    at::Tensor total;
  };

  /// Runs iteration `iteration` on this process's parts of a batch. If it throws, network and
  /// optimizer are as they were before. Throws NonFiniteError if that can be detected without
  /// waiting for the device, or if the experiment asks to check each iteration; in all processes,
  /// whichever part it was.
  Result operator()(int64_t iteration, const data::Parts& parts);

  const Course& course() const { return course_; }
  WeightAverage& average() { return average_; }

  /// Its steps' times; the training loop adds all others.
  TimeSpent& times() { return times_; }

  /// All that it keeps between iterations beside the network, by name; shares its memory.
  std::map<std::string, at::Tensor> state() const;

 private:
  Result forward_and_backward(int64_t iteration, const data::Parts& parts);
  sla::Loss loss_of_parts(int64_t iteration, const data::Parts& parts);
  sla::Loss loss_of(const sla::Phase& phase, const sla::Batch& batch);
  void seed(int64_t iteration, const data::Part& part) const;
  void check_gradients(int64_t iteration) const;

  const assembly::Assembly& assembly_;
  Course course_;
  std::unique_ptr<Optimizer> optimizer_;
  WeightAverage average_;
  RegistrationCheck registration_;
  StepBuffers buffers_;
  RecordedPasses passes_;
  TimeSpent times_;
  distributed::GradientSum gradients_;
  bool checks_finite_;
};

}  // namespace host::training
