#include "sla/nn/detail/fused_batch_norm.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include "sla/nn/detail/batch_norm_passes.h"

namespace sla::nn::detail {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

PerChannel<float> numbers(const at::Tensor& tensor) {
  const auto* first = tensor.data_ptr<float>();
  return {first, first + tensor.numel()};
}

at::Tensor tensor_of(const PerChannel<float>& numbers, const at::Tensor& like) {
  at::Tensor tensor = at::empty({std::ssize(numbers)}, like.options());
  std::copy(numbers.begin(), numbers.end(), tensor.data_ptr<float>());
  return tensor;
}

void update(const at::Tensor& running, const PerChannel<double>& batch, double factor,
            double momentum) {
  auto* values = running.data_ptr<float>();
  for (size_t c = 0; c < batch.size(); ++c) {
    values[c] = static_cast<float>((1 - momentum) * values[c] + momentum * factor * batch[c]);
  }
}

class FusedBatchNorm final : public torch::autograd::Function<FusedBatchNorm> {
 public:
  /// The residual is optional because a function in LibTorch 1.13 takes no undefined tensors.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const c10::optional<at::Tensor>& residual, const at::Tensor& weight,
                            const at::Tensor& bias, const BatchNormState& state) {
    const auto channels = static_cast<size_t>(x.size(1));
    const auto pixels = static_cast<double>(x.numel() / x.size(1));
    const Moments batch = moments(x);
    update(state.running_mean, batch.mean, 1, state.momentum);
    update(state.running_var, batch.variance, pixels / (pixels - 1), state.momentum);

    const auto* weights = weight.data_ptr<float>();
    const auto* biases = bias.data_ptr<float>();
    PerChannel<float> mean(channels);
    PerChannel<float> inverse_deviation(channels);
    PerChannel<float> scale(channels);
    PerChannel<float> shift(channels);
    for (size_t c = 0; c < channels; ++c) {
      const double inverse = 1 / std::sqrt(batch.variance[c] + state.epsilon);
      mean[c] = static_cast<float>(batch.mean[c]);
      inverse_deviation[c] = static_cast<float>(inverse);
      scale[c] = static_cast<float>(inverse * weights[c]);
      shift[c] = static_cast<float>(biases[c] - batch.mean[c] * inverse * weights[c]);
    }
    at::Tensor y = activate(x, residual.value_or(at::Tensor()), scale, shift);
    context->save_for_backward(
        {x, y, weight, tensor_of(mean, weight), tensor_of(inverse_deviation, weight)});
    context->saved_data["with_residual"] = residual.has_value();
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "sla::nn::BatchNorm is differentiable only once");
    const auto saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    GradientSource from{gradients[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast),
                        saved[1], x};
    const auto weight = numbers(saved[2]);
    const auto inverse_deviation = numbers(saved[4]);
    InputGradientFactors factors{
        .mean = numbers(saved[3]), .scale = weight, .slope = weight, .shift = weight};
    const bool with_residual = context->saved_data["with_residual"].toBool();
    const at::Tensor d_residual = with_residual ? at::empty_like(x) : at::Tensor();
    const GradientSums sums = gradient_sums(from, factors.mean, d_residual);
    // The second pass then reads only g, not dy and y.
    if (with_residual) from = {d_residual, at::Tensor(), x};

    // dx = weight / deviation * (g - E[g] - xhat * E[g * xhat]); xhat = (x - mean) / deviation.
    const auto pixels = static_cast<double>(x.numel() / x.size(1));
    PerChannel<float> d_weight(weight.size());
    PerChannel<float> d_bias(weight.size());
    for (size_t c = 0; c < weight.size(); ++c) {
      const double inverse = inverse_deviation[c];
      const double scale = weight[c] * inverse;
      d_weight[c] = static_cast<float>(sums.g_times_x[c] * inverse);
      d_bias[c] = static_cast<float>(sums.g[c]);
      factors.scale[c] = static_cast<float>(scale);
      factors.slope[c] =
          static_cast<float>(-scale * inverse * inverse * sums.g_times_x[c] / pixels);
      factors.shift[c] = static_cast<float>(-scale * sums.g[c] / pixels);
    }
    return {propagate(from, factors), d_residual, tensor_of(d_weight, saved[2]),
            tensor_of(d_bias, saved[2]), at::Tensor()};
  }
};

bool is_vector(const at::Tensor& tensor) {
  return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous();
}

}  // namespace

bool can_fuse_batch_norm(const at::Tensor& x, const at::Tensor& residual,
                         const BatchNormState& state) {
  const bool same_kind =
      !residual.defined() ||
      (residual.is_cpu() && residual.scalar_type() == x.scalar_type() &&
       residual.sizes() == x.sizes() && residual.is_contiguous(at::MemoryFormat::ChannelsLast));
  return x.is_cpu() && x.layout() == at::kStrided && x.dim() == 4 && x.numel() > 0 &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) &&
         x.is_contiguous(at::MemoryFormat::ChannelsLast) && same_kind && is_vector(state.weight) &&
         is_vector(state.bias) && is_vector(state.running_mean) && is_vector(state.running_var);
}

at::Tensor fused_batch_norm(const at::Tensor& x, const at::Tensor& residual,
                            const BatchNormState& state) {
  const c10::optional<at::Tensor> optional_residual =
      residual.defined() ? c10::optional<at::Tensor>(residual) : c10::nullopt;
  return FusedBatchNorm::apply(x, optional_residual, state.weight, state.bias, state);
}

}  // namespace sla::nn::detail
