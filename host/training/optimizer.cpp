#include "host/training/optimizer.h"

#include <cmath>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace host::training {

namespace {

// As in PyTorch.
constexpr double kLeastNorm = 1e-6;

/// The sum propagates NaN and infinity, in one pass over the memory.
bool is_finite(const at::Tensor& tensor) { return std::isfinite(tensor.sum().item<double>()); }

/// SGD with momentum, as torch.optim.SGD computes it: g += decay * p; v = momentum * v + g;
/// p -= rate * v, or for Nesterov p -= rate * (g + momentum * v).
class Sgd final : public Optimizer {
 public:
  Sgd(const experiment::OptimizerOptions& options, std::vector<Parameter> parameters)
      : Optimizer(std::move(parameters)), options_(options), momentum_(zeros()) {}

  std::map<std::string, at::Tensor> state() const override {
    std::map<std::string, at::Tensor> state;
    add_state("momentum", momentum_, state);
    return state;
  }

 private:
  void update(const std::vector<size_t>& indices, std::vector<at::Tensor>& gradients,
              double learning_rate, double weight_decay) override {
    std::vector<at::Tensor> parameters;
    std::vector<at::Tensor> momentum;
    for (const size_t i : indices) {
      parameters.push_back(parameters_[i].tensor);
      momentum.push_back(momentum_[i]);
    }
    if (weight_decay != 0) at::_foreach_add_(gradients, parameters, weight_decay);
    at::_foreach_mul_(momentum, options_.momentum);
    at::_foreach_add_(momentum, gradients);
    if (options_.nesterov) {
      at::_foreach_add_(gradients, momentum, options_.momentum);
      at::_foreach_add_(parameters, gradients, -learning_rate);
    } else {
      at::_foreach_add_(parameters, momentum, -learning_rate);
    }
  }

  experiment::OptimizerOptions options_;
  std::vector<at::Tensor> momentum_;
};

/// AdamW (Loshchilov and Hutter, ICLR 2019, algorithm 2), as torch.optim.AdamW computes it.
class AdamW final : public Optimizer {
 public:
  AdamW(const experiment::OptimizerOptions& options, std::vector<Parameter> parameters)
      : Optimizer(std::move(parameters)),
        options_(options),
        first_(zeros()),
        second_(zeros()),
        denominator_(zeros()),
        steps_(at::zeros({1}, at::kLong)) {}

  std::map<std::string, at::Tensor> state() const override {
    std::map<std::string, at::Tensor> state{{"steps", steps_}};
    add_state("first_moment", first_, state);
    add_state("second_moment", second_, state);
    return state;
  }

 private:
  void begin_step() override { ++*steps_.data_ptr<int64_t>(); }

  void update(const std::vector<size_t>& indices, std::vector<at::Tensor>& gradients,
              double learning_rate, double weight_decay) override {
    std::vector<at::Tensor> parameters;
    std::vector<at::Tensor> first;
    std::vector<at::Tensor> second;
    std::vector<at::Tensor> denominator;
    for (const size_t i : indices) {
      parameters.push_back(parameters_[i].tensor);
      first.push_back(first_[i]);
      second.push_back(second_[i]);
      denominator.push_back(denominator_[i]);
    }
    const auto step = static_cast<double>(*steps_.data_ptr<int64_t>());
    const double first_correction = 1 - std::pow(options_.beta1, step);
    const double second_correction = 1 - std::pow(options_.beta2, step);

    at::_foreach_mul_(parameters, 1 - learning_rate * weight_decay);
    at::_foreach_mul_(first, options_.beta1);
    at::_foreach_add_(first, gradients, 1 - options_.beta1);
    at::_foreach_mul_(second, options_.beta2);
    at::_foreach_addcmul_(second, gradients, gradients, 1 - options_.beta2);
    for (size_t i = 0; i < second.size(); ++i) at::sqrt_out(denominator[i], second[i]);
    at::_foreach_div_(denominator, std::sqrt(second_correction));
    at::_foreach_add_(denominator, options_.epsilon);
    at::_foreach_addcdiv_(parameters, first, denominator, -learning_rate / first_correction);
  }

  experiment::OptimizerOptions options_;
  std::vector<at::Tensor> first_;
  std::vector<at::Tensor> second_;
  std::vector<at::Tensor> denominator_;
  at::Tensor steps_;  // [1] int64 on the CPU
};

}  // namespace

Optimizer::Optimizer(std::vector<Parameter> parameters) : parameters_(std::move(parameters)) {
  std::map<std::pair<double, double>, std::vector<size_t>> groups;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    groups[{parameters_[i].learning_rate_factor, parameters_[i].weight_decay}].push_back(i);
  }
  for (auto& [settings, indices] : groups) groups_.push_back(std::move(indices));
}

void Optimizer::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  begin_step();
  for (const auto& group : groups_) {
    std::vector<size_t> indices;
    std::vector<at::Tensor> gradients;
    for (const size_t i : group) {
      at::Tensor& gradient = parameters_[i].tensor.mutable_grad();
      if (!gradient.defined()) continue;
      indices.push_back(i);
      gradients.push_back(gradient);
      // Dropped, not zeroed: the next backward pass then assigns its gradients instead of adding.
      gradient.reset();
    }
    if (indices.empty()) continue;
    const Parameter& any = parameters_[group.front()];
    update(indices, gradients, learning_rate * any.learning_rate_factor, any.weight_decay);
  }
}

void Optimizer::clip_gradients(double maximum) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> gradients;
  for (const auto& parameter : parameters_) {
    if (parameter.tensor.grad().defined()) gradients.push_back(parameter.tensor.grad());
  }
  if (gradients.empty()) return;
  const at::Tensor norm = at::stack(at::_foreach_norm(gradients)).norm();
  const at::Tensor factor = (maximum / (norm + kLeastNorm)).clamp_max(1);
  for (at::Tensor& gradient : gradients) gradient.mul_(factor);
}

std::string Optimizer::nonfinite_gradient() const {
  for (const auto& parameter : parameters_) {
    const at::Tensor& gradient = parameter.tensor.grad();
    if (gradient.defined() && !is_finite(gradient)) return parameter.name;
  }
  return "";
}

void Optimizer::drop_gradients() {
  for (auto& parameter : parameters_) parameter.tensor.mutable_grad().reset();
}

std::vector<at::Tensor> Optimizer::zeros() const {
  std::vector<at::Tensor> tensors;
  for (const auto& parameter : parameters_) {
    tensors.push_back(at::zeros_like(parameter.tensor.detach()));
  }
  return tensors;
}

void Optimizer::add_state(const std::string& prefix, const std::vector<at::Tensor>& tensors,
                          std::map<std::string, at::Tensor>& state) const {
  for (size_t i = 0; i < tensors.size(); ++i) {
    state[prefix + "." + parameters_[i].name] = tensors[i];
  }
}

std::unique_ptr<Optimizer> make_optimizer(const experiment::OptimizerOptions& options,
                                          std::vector<Optimizer::Parameter> parameters) {
  switch (options.kind) {
    case experiment::OptimizerKind::adamw:
      return std::make_unique<AdamW>(options, std::move(parameters));
    case experiment::OptimizerKind::sgd: break;
  }
  return std::make_unique<Sgd>(options, std::move(parameters));
}

}  // namespace host::training
