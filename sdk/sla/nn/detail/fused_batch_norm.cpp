#include "sla/nn/detail/fused_batch_norm.h"

#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

namespace sla::nn::detail {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class FusedBatchNorm final : public torch::autograd::Function<FusedBatchNorm> {
 public:
  /// The residual is optional because a function in LibTorch 1.13 takes no undefined tensors.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const c10::optional<at::Tensor>& residual, const at::Tensor& weight,
                            const at::Tensor& /*bias*/, const BatchNormState& state) {
    const Normalisation norm = batch_normalisation(x, state);
    at::Tensor y = activate(x, residual.value_or(at::Tensor()), norm.scale, norm.shift);
    context->save_for_backward({x, y, weight, norm.save()});
    context->saved_data["with_residual"] = residual.has_value();
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "sla::nn::BatchNorm is differentiable only once");
    const auto saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    GradientSource from{gradients[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast),
                        saved[1], x};
    const Normalisation norm(saved[3]);
    const bool with_residual = context->saved_data["with_residual"].toBool();
    const at::Tensor d_residual = with_residual ? at::empty_like(x) : at::Tensor();
    const GradientSums sums = gradient_sums(from, norm.mean, d_residual);
    // The second pass then reads only g, not dy and y.
    if (with_residual) from = {d_residual, at::Tensor(), x};
    const auto found = normalisation_gradients(from, sums, norm, saved[2]);
    return {found.x, d_residual, found.weight, found.bias, at::Tensor()};
  }
};

}  // namespace

bool is_like(const at::Tensor& residual, const at::Tensor& x) {
  return !residual.defined() ||
         (residual.is_cpu() && residual.scalar_type() == x.scalar_type() &&
          residual.sizes() == x.sizes() && residual.is_contiguous(at::MemoryFormat::ChannelsLast));
}

at::Tensor fused_batch_norm(const at::Tensor& x, const at::Tensor& residual,
                            const BatchNormState& state) {
  const c10::optional<at::Tensor> optional_residual =
      residual.defined() ? c10::optional<at::Tensor>(residual) : c10::nullopt;
  return FusedBatchNorm::apply(x, optional_residual, state.weight, state.bias, state);
}

}  // namespace sla::nn::detail
