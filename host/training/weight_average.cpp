#include "host/training/weight_average.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_sub.h>

namespace host::training {

namespace {

void exchange_contents(std::vector<at::Tensor>& first, std::vector<at::Tensor>& second) {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < first.size(); ++i) {
    const at::Tensor kept = first[i].clone();
    first[i].copy_(second[i]);
    second[i].copy_(kept);
  }
}

}  // namespace

WeightAverage::WeightAverage(const assembly::Network& network, double decay) : decay_(decay) {
  if (decay_ == 0) return;
  for (const auto& [name, weight] : network.state()) {
    const at::Tensor copy = weight.detach().clone();
    state_[name] = copy;
    // A mask may hold infinities, whose difference is no number.
    const bool is_number = weight.is_floating_point() && weight.isfinite().all().item<bool>();
    (is_number ? weights_ : counters_).push_back(weight);
    (is_number ? averages_ : counter_copies_).push_back(copy);
  }
}

void WeightAverage::update(int64_t iteration) {
  if (decay_ == 0) return;
  const at::NoGradGuard no_grad;
  const auto t = static_cast<double>(iteration);
  const double decay = std::min(decay_, (1 + t) / (10 + t));
  // In this form a weight that does not change keeps its bits.
  at::_foreach_add_(averages_, at::_foreach_sub(weights_, averages_), 1 - decay);
  for (size_t i = 0; i < counters_.size(); ++i) counter_copies_[i].copy_(counters_[i]);
}

void WeightAverage::exchange() {
  exchange_contents(weights_, averages_);
  exchange_contents(counters_, counter_copies_);
}

}  // namespace host::training
