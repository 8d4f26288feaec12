#pragma once

#include <sla/phase.h>

#include <cstdint>
#include <vector>

#include "host/experiment/experiment.h"
#include "host/plugin/objective.h"
#include "host/training/schedule.h"

namespace host::training {

/// The phase that an iteration is in; `phases` are in order, the first begins at 0.
const sla::Phase& phase_at(const std::vector<sla::Phase>& phases, int64_t iteration);

/// The iterations between two validations.
int64_t validation_interval(const experiment::TrainingOptions& options,
                            int64_t iterations_per_epoch);

/// What the iterations of a run do as a function of its length: their learning rates and phases.
class Course {
 public:
  /// `iterations_per_epoch` is that of the training sampler. Throws ExperimentError and
  /// PluginError.
  Course(const experiment::Experiment& experiment, const plugin::Objective& objective,
         int64_t iterations_per_epoch);

  /// In iterations.
  int64_t length() const { return length_; }

  double learning_rate(int64_t iteration) const;
  std::vector<double> milestones_after_end() const { return schedule_.milestones_after_end(); }
  const sla::Phase& phase(int64_t iteration) const { return phase_at(phases_, iteration); }

  /// The phases of the objective, in order.
  const std::vector<sla::Phase>& phases() const { return phases_; }

 private:
  int64_t length_;
  Schedule schedule_;
  double base_learning_rate_;
  std::vector<sla::Phase> phases_;
};

}  // namespace host::training
