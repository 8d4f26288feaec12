#include "host/training/loss_window.h"

#include <limits>

#include <ATen/ops/scalar_tensor.h>

namespace host::training {

namespace {

constexpr const char* kSum = "sum.";
constexpr const char* kCount = "count.";

}  // namespace

void LossWindow::add(const sla::Loss& loss, const at::Tensor& total) {
  const auto accumulate = [&](const std::string& name, const at::Tensor& value) {
    const at::Tensor addend = value.detach().to(at::kDouble).squeeze();
    auto& [sum, count] = sums_[name];
    sum = count == 0 ? addend : sum + addend;
    ++count;
  };
  accumulate("loss", total);
  for (const auto& term : loss.terms) {
    if (!term.name.empty()) accumulate("loss." + term.name, term.mean);
  }
  for (const auto& [name, value] : loss.logged) accumulate(name, value);
}

evaluation::Metrics LossWindow::take() {
  evaluation::Metrics means{{"loss", std::numeric_limits<double>::quiet_NaN()}};
  for (const auto& [name, entry] : sums_) {
    means[name] = entry.sum.item<double>() / static_cast<double>(entry.count);
  }
  sums_.clear();
  return means;
}

std::map<std::string, at::Tensor> LossWindow::state() const {
  std::map<std::string, at::Tensor> state;
  for (const auto& [name, entry] : sums_) {
    state[kSum + name] = entry.sum;
    state[kCount + name] = at::scalar_tensor(entry.count, at::kLong);
  }
  return state;
}

void LossWindow::restore(const std::map<std::string, at::Tensor>& state) {
  sums_.clear();
  for (const auto& [name, tensor] : state) {
    if (!name.starts_with(kSum)) continue;
    const std::string own = name.substr(std::string(kSum).size());
    sums_[own] = {tensor, state.at(kCount + own).item<int64_t>()};
  }
}

}  // namespace host::training
