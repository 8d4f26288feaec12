#include "host/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "host/base/errors.h"

namespace host::training {

using experiment::ScheduleKind;

namespace {

constexpr double kRounding = 1e-12;

}  // namespace

Schedule::Schedule(const experiment::ScheduleOptions& options, int64_t total_iterations,
                   int64_t iterations_per_epoch)
    : options_(options),
      total_(static_cast<double>(total_iterations)),
      per_epoch_(static_cast<double>(iterations_per_epoch)) {
  const size_t milestones = options.milestone_fractions.size() + options.milestone_epochs.size();
  if (options.kind == ScheduleKind::multi_step && options.gamma.size() != 1 &&
      options.gamma.size() != milestones) {
    throw ExperimentError("[schedule] gamma has " + std::to_string(options.gamma.size()) +
                          " factors for " + std::to_string(milestones) +
                          " milestones; give one, or one for each");
  }
  if (options.kind == ScheduleKind::step && options.gamma.size() != 1) {
    throw ExperimentError("[schedule] gamma of 'step' must be one factor, it has " +
                          std::to_string(options.gamma.size()));
  }
}

double Schedule::factor(int64_t iteration) const {
  const auto now = static_cast<double>(iteration);
  double factor = 1;
  if (options_.kind == ScheduleKind::multi_step) {
    factor = multi_step(now);
  } else if (options_.kind == ScheduleKind::step) {
    // A little more than the quotient, whose rounding may be down: 0.1 epochs of 100 are 10.
    const double steps = now / (options_.step_epochs * per_epoch_);
    factor = std::pow(options_.gamma.front(), std::floor(steps * (1 + kRounding)));
  } else if (options_.kind == ScheduleKind::cosine) {
    const double through = 0.5 - 0.5 * std::cos(std::numbers::pi * now / total_);
    factor = 1 + (options_.final_factor - 1) * through;
  }
  return factor * warm_up(now);
}

double Schedule::warm_up(double iteration) const {
  const double length = std::max(static_cast<double>(options_.warmup_iterations),
                                 options_.warmup_epochs * per_epoch_);
  if (length == 0) return 1.0;
  const double done = options_.warmup_per_epoch
                          ? (std::floor(iteration / per_epoch_) + 1) * per_epoch_
                          : iteration + 1;
  return std::min(1.0, done / length);
}

std::vector<double> Schedule::milestones_after_end() const {
  std::vector<double> late;
  if (options_.kind != ScheduleKind::multi_step) return late;
  for (const double epoch : options_.milestone_epochs) {
    if (std::round(epoch * per_epoch_) > total_) late.push_back(epoch);
  }
  return late;
}

double Schedule::multi_step(double iteration) const {
  const bool in_epochs = !options_.milestone_epochs.empty();
  const auto& milestones = in_epochs ? options_.milestone_epochs : options_.milestone_fractions;
  const double unit = in_epochs ? per_epoch_ : total_;
  double factor = 1;
  for (size_t i = 0; i < milestones.size(); ++i) {
    // 0.55 of 100 is 55.00000000000001.
    if (iteration < std::round(milestones[i] * unit)) continue;
    factor *= options_.gamma.size() == 1 ? options_.gamma.front() : options_.gamma[i];
  }
  return factor;
}

}  // namespace host::training
