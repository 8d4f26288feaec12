#include "host/training/optimizer.h"

#include <cmath>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace host::training {

namespace {

/// The sum propagates NaN and infinity, in one pass over the memory.
bool is_finite(const at::Tensor& tensor) { return std::isfinite(tensor.sum().item<double>()); }

/// SGD with momentum, as torch.optim.SGD computes it: g += decay * p; v = momentum * v + g;
/// p -= rate * v, or for Nesterov p -= rate * (g + momentum * v).
class Sgd final : public Optimizer {
 public:
  Sgd(const experiment::OptimizerOptions& options, NamedTensors parameters)
      : Optimizer(std::move(parameters)), options_(options), momentum_(zeros()) {}

  std::map<std::string, at::Tensor> state() const override {
    std::map<std::string, at::Tensor> state;
    add_state("momentum", momentum_, state);
    return state;
  }

 private:
  void update(const std::vector<size_t>& indices, std::vector<at::Tensor>& gradients,
              double learning_rate) override {
    std::vector<at::Tensor> parameters;
    std::vector<at::Tensor> momentum;
    for (const size_t i : indices) {
      parameters.push_back(parameters_[i].second);
      momentum.push_back(momentum_[i]);
    }
    if (options_.weight_decay != 0) {
      at::_foreach_add_(gradients, parameters, options_.weight_decay);
    }
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
  AdamW(const experiment::OptimizerOptions& options, NamedTensors parameters)
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
  void update(const std::vector<size_t>& indices, std::vector<at::Tensor>& gradients,
              double learning_rate) override {
    std::vector<at::Tensor> parameters;
    std::vector<at::Tensor> first;
    std::vector<at::Tensor> second;
    std::vector<at::Tensor> denominator;
    for (const size_t i : indices) {
      parameters.push_back(parameters_[i].second);
      first.push_back(first_[i]);
      second.push_back(second_[i]);
      denominator.push_back(denominator_[i]);
    }
    const auto step = static_cast<double>(++*steps_.data_ptr<int64_t>());
    const double first_correction = 1 - std::pow(options_.beta1, step);
    const double second_correction = 1 - std::pow(options_.beta2, step);

    at::_foreach_mul_(parameters, 1 - learning_rate * options_.weight_decay);
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

void Optimizer::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  std::vector<size_t> indices;
  std::vector<at::Tensor> gradients;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    at::Tensor& gradient = parameters_[i].second.mutable_grad();
    if (!gradient.defined()) continue;
    indices.push_back(i);
    gradients.push_back(gradient);
    // Dropped, not zeroed: the next backward pass then assigns its gradients instead of adding.
    gradient.reset();
  }
  update(indices, gradients, learning_rate);
}

std::string Optimizer::nonfinite_gradient() const {
  for (const auto& [name, parameter] : parameters_) {
    if (parameter.grad().defined() && !is_finite(parameter.grad())) return name;
  }
  return "";
}

void Optimizer::drop_gradients() {
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad().reset();
}

std::vector<at::Tensor> Optimizer::zeros() const {
  std::vector<at::Tensor> tensors;
  for (const auto& [name, parameter] : parameters_) {
    tensors.push_back(at::zeros_like(parameter.detach()));
  }
  return tensors;
}

void Optimizer::add_state(const std::string& prefix, const std::vector<at::Tensor>& tensors,
                          std::map<std::string, at::Tensor>& state) const {
  for (size_t i = 0; i < tensors.size(); ++i) {
    state[prefix + "." + parameters_[i].first] = tensors[i];
  }
}

std::unique_ptr<Optimizer> make_optimizer(const experiment::OptimizerOptions& options,
                                          Optimizer::NamedTensors parameters) {
  switch (options.kind) {
    case experiment::OptimizerKind::adamw:
      return std::make_unique<AdamW>(options, std::move(parameters));
    case experiment::OptimizerKind::sgd: break;
  }
  return std::make_unique<Sgd>(options, std::move(parameters));
}

}  // namespace host::training
