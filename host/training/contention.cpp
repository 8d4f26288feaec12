#include "host/training/contention.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <fstream>

namespace host::training {

namespace {

constexpr double kMuch = 0.25;

/// From Linux's scheduler statistics; absent without them.
std::optional<Contention::Times> times_of_this_thread() {
  Contention::Times times;
  std::ifstream("/proc/thread-self/schedstat") >> times.ran >> times.waited;
  if (times.ran <= 0) return std::nullopt;
  return times;
}

}  // namespace

Contention::Contention(int threads, Clock::duration period) : threads_(threads), period_(period) {
  if (threads > 1) before_ = times_of_this_thread();
}

std::optional<std::string> Contention::finding() {
  const auto now = Clock::now();
  if (!before_ || now - begin_ < period_) return std::nullopt;
  const auto times = times_of_this_thread();
  if (!times) return std::nullopt;
  const double ran = times->ran - before_->ran;
  const double waited = times->waited - before_->waited;
  const double share = waited / std::max(ran + waited, 1.0);
  if (share < kMuch) {
    before_ = times;
    begin_ = now;
    return std::nullopt;
  }
  before_.reset();
  return fmt::format(
      "the training thread waited for a processor {:.0f} % of the time: other programs use them, "
      "or a quota is used up. A run with fewer threads may be faster (runtime.threads = {} instead "
      "of {}); its results then differ as with another seed",
      100 * share, std::max(1, static_cast<int>(threads_ * (1 - share))), threads_);
}

}  // namespace host::training
