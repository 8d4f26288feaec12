#include "host/training/loss_window.h"

#include <limits>

#include <ATen/ops/scalar_tensor.h>

namespace host::training {

namespace {

constexpr const char* kCount = "count";

}  // namespace

void LossWindow::add(const sla::Loss& loss) {
  const auto accumulate = [&](const std::string& name, const at::Tensor& value) {
    const at::Tensor addend = value.detach().to(at::kDouble);
    const auto [entry, is_new] = sums_.emplace(name, addend);
    if (!is_new) entry->second = entry->second + addend;
  };
  accumulate("loss", loss.total);
  for (const auto& [name, value] : loss.parts) accumulate("loss." + name, value);
  ++count_;
}

Figures LossWindow::take() {
  Figures means{{"loss", std::numeric_limits<double>::quiet_NaN()}};
  for (const auto& [name, sum] : sums_) {
    means[name] = sum.item<double>() / static_cast<double>(count_);
  }
  sums_.clear();
  count_ = 0;
  return means;
}

std::map<std::string, at::Tensor> LossWindow::state() const {
  auto state = sums_;
  state[kCount] = at::scalar_tensor(count_, at::kLong);
  return state;
}

void LossWindow::restore(const std::map<std::string, at::Tensor>& state) {
  sums_ = state;
  count_ = sums_.at(kCount).item<int64_t>();
  sums_.erase(kCount);
}

}  // namespace host::training
