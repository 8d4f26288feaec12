#pragma once

#include <cstdint>
#include <vector>

#include "host/experiment/options.h"

namespace host::training {

/// The learning rate of each iteration, as a factor of the base learning rate.
class Schedule {
 public:
  /// Throws ExperimentError unless gamma has one factor or one per milestone.
  Schedule(const experiment::ScheduleOptions& options, int64_t total_iterations,
           int64_t iterations_per_epoch);

  double factor(int64_t iteration) const;

  /// The milestones, in epochs, that the run ends before.
  std::vector<double> milestones_after_end() const;

 private:
  double warm_up(double iteration) const;
  double multi_step(double iteration) const;

  experiment::ScheduleOptions options_;
  double total_;
  double per_epoch_;
};

}  // namespace host::training
