#include "tests/faults/trial.h"

#include <algorithm>
#include <stdexcept>

namespace faults {

Trial::Trial(const Victim& straight) : straight_(straight) { begin_anew(); }

pid_t Trial::start(Storage fault, int64_t call) const {
  start_counting();
  return victim_->start([&] { watch(victim_->run(), fault, call, &Victim::iteration_of); });
}

void Trial::check(int64_t may_lose, Row& row) {
  const int64_t before = std::max(saved_before_, watched().saved_iteration);
  const int64_t saved = victim_->saved_iteration();
  if (saved < before - may_lose) {
    throw std::runtime_error(row.fault + ": iteration " + std::to_string(before) +
                             " was saved, but only " + std::to_string(saved) + " is there");
  }
  ++row.provoked;
  row.most_lost = std::max(row.most_lost, before - saved);
  row.recoveries.push_back(victim_->recover());
  saved_before_ = saved;
}

void Trial::complete() {
  victim_->compare_with(straight_.run());
  begin_anew();
}

void Trial::begin_anew() {
  folder_ = std::make_unique<tests::ScratchFolder>();
  victim_ = std::make_unique<Victim>(folder_->path(), straight_.processes());
  saved_before_ = 0;
}

}  // namespace faults
