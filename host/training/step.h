#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/training/course.h"
#include "host/training/optimizer.h"
#include "host/training/registration_check.h"
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

  /// Runs iteration `iteration` on a batch from the loader. If it throws, network and optimizer are
  /// as they were before. Throws NonFiniteError if that can be detected without waiting for the
  /// device, or if the experiment asks to check each iteration.
  Result operator()(int64_t iteration, sla::Batch batch);

  const Course& course() const { return course_; }
  WeightAverage& average() { return average_; }

  /// All that it keeps between iterations beside the network, by name; shares its memory.
  std::map<std::string, at::Tensor> state() const;

 private:
  Result forward_and_backward(int64_t iteration, sla::Batch batch);
  void check_gradients(int64_t iteration) const;
  void remember_buffers();
  void undo();

  const assembly::Assembly& assembly_;
  Course course_;
  std::unique_ptr<Optimizer> optimizer_;
  WeightAverage average_;
  RegistrationCheck registration_;
  bool checks_finite_;
  // Saved for undo(), by type: the forward pass changes buffers before the update changes
  // parameters.
  struct Buffers {
    std::vector<at::Tensor> own;
    std::vector<at::Tensor> before;
  };
  std::map<at::ScalarType, Buffers> buffers_;
};

}  // namespace host::training
