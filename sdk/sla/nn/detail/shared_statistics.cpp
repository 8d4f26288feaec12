#include "sla/nn/detail/shared_statistics.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rsqrt.h>
#include <torch/csrc/autograd/custom_function.h>

namespace sla::nn::detail {

namespace {

at::Tensor sum_of_all(const at::Tensor& x) {
  const auto found = c10::Dispatcher::singleton().findSchema({kSumOverProcesses, ""});
  return found->typed<at::Tensor(const at::Tensor&)>().call(x.contiguous());
}

/// The sum over processes. What each of them makes of it depends on all inputs, so the gradients
/// are added, too.
struct SumOverProcesses : public torch::autograd::Function<SumOverProcesses> {
  static at::Tensor forward(torch::autograd::AutogradContext* /*context*/, const at::Tensor& x) {
    return sum_of_all(x);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* /*context*/,
                                                 const torch::autograd::variable_list& gradients) {
    return {sum_of_all(gradients.at(0))};
  }
};

at::Tensor per_channel(const at::Tensor& values) { return values.view({1, -1, 1, 1}); }

}  // namespace

bool statistics_are_shared() {
  return c10::Dispatcher::singleton().findSchema({kSumOverProcesses, ""}).has_value();
}

at::Tensor shared_batch_norm(const at::Tensor& x, const BatchNormState& state) {
  const at::Tensor values = x.to(state.weight.scalar_type());
  const int64_t channels = x.size(1);
  const at::Tensor own = at::full({1}, static_cast<double>(x.numel() / channels), values.options());
  const at::Tensor sums = SumOverProcesses::apply(at::cat({values.sum({0, 2, 3}), own}));
  const at::Tensor count = sums[channels].detach();
  const at::Tensor mean = sums.slice(0, 0, channels) / count;
  const at::Tensor centred = values - per_channel(mean);
  const at::Tensor variance = SumOverProcesses::apply((centred * centred).sum({0, 2, 3})) / count;
  {
    const at::NoGradGuard no_grad;
    at::Tensor running_mean = state.running_mean;
    at::Tensor running_var = state.running_var;
    running_mean.lerp_(mean.detach(), state.momentum);
    running_var.lerp_(variance.detach() * (count / (count - 1)), state.momentum);
  }
  const at::Tensor scale = at::rsqrt(variance + state.epsilon) * state.weight;
  return (centred * per_channel(scale) + per_channel(state.bias)).to(x.scalar_type());
}

}  // namespace sla::nn::detail
