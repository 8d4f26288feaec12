#include "host/training/course.h"

#include <algorithm>

namespace host::training {

namespace {

int64_t length_of(const experiment::TrainingOptions& options, int64_t iterations_per_epoch) {
  return options.total_iterations > 0 ? options.total_iterations
                                      : options.total_epochs * iterations_per_epoch;
}

}  // namespace

const sla::Phase& phase_at(const std::vector<sla::Phase>& phases, int64_t iteration) {
  auto next = std::find_if(phases.begin(), phases.end(),
                           [&](const auto& phase) { return phase.begin > iteration; });
  return *--next;
}

int64_t validation_interval(const experiment::TrainingOptions& options,
                            int64_t iterations_per_epoch) {
  return options.validate_every_iterations > 0
             ? options.validate_every_iterations
             : options.validate_every_epochs * iterations_per_epoch;
}

Course::Course(const experiment::Experiment& experiment, const plugin::Objective& objective,
               int64_t iterations_per_epoch)
    : length_(length_of(experiment.training, iterations_per_epoch)),
      schedule_(experiment.schedule, length_, iterations_per_epoch),
      base_learning_rate_(experiment.optimizer.learning_rate),
      phases_(objective.phases({length_, iterations_per_epoch})) {}

double Course::learning_rate(int64_t iteration) const {
  return base_learning_rate_ * schedule_.factor(iteration);
}

}  // namespace host::training
