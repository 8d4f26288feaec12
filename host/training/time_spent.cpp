#include "host/training/time_spent.h"

#include <string>

namespace host::training {

namespace {

/// In the order of Activity.
constexpr std::array kNames{"data", "transformations", "forward", "backward", "exchange", "update",
                            "step", "validation",      "saving"};

bool is_within_step(Activity activity) {
  return Activity::transformations <= activity && activity <= Activity::update;
}

}  // namespace

void TimeSpent::add(Activity activity) {
  if (!tells_steps_apart_ && is_within_step(activity)) activity = Activity::step;
  const auto now = Clock::now();
  spent_.at(static_cast<size_t>(activity)) += now - last_;
  last_ = now;
}

evaluation::Metrics TimeSpent::take() {
  evaluation::Metrics metrics;
  for (size_t i = 0; i < spent_.size(); ++i) {
    const std::chrono::duration<double> seconds = spent_[i];
    if (seconds.count() > 0) metrics[std::string("seconds.") + kNames[i]] = seconds.count();
  }
  spent_ = {};
  return metrics;
}

}  // namespace host::training
