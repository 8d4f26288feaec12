#include "sla/nn/detail/fused_convolution.h"

#include <torch/csrc/autograd/custom_function.h>

#include "sla/nn/detail/winograd.h"

namespace sla::nn::detail {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The gradient of the output y, in the type and layout of the activations.
at::Tensor gradient_like(const at::Tensor& x, const variable_list& gradients) {
  TORCH_CHECK(!at::GradMode::is_enabled(), "sla::nn::Convolution is differentiable only once");
  return gradients[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
}

class OwnConvolution final : public torch::autograd::Function<OwnConvolution> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            int64_t stride) {
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    return convolve({x, {}, {}}, weight, stride);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const at::Tensor dy = gradient_like(x, gradients);
    const int64_t stride = context->saved_data["stride"].toInt();
    at::Tensor dx;
    at::Tensor d_weight;
    if (context->needs_input_grad(0)) dx = input_gradient(x, dy, weight, stride);
    if (context->needs_input_grad(1)) d_weight = weight_gradient({x, {}, {}}, dy, weight, stride);
    return {dx, d_weight, at::Tensor()};
  }
};

class OwnConvolutionOfNorm final : public torch::autograd::Function<OwnConvolutionOfNorm> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& norm_weight, const at::Tensor& /*norm_bias*/,
                            const BatchNormState& state, int64_t stride) {
    const Normalisation norm = batch_normalisation(x, state);
    context->save_for_backward({x, weight, norm_weight, norm.save()});
    context->saved_data["stride"] = stride;
    return convolve({x, norm.scale, norm.shift}, weight, stride);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const Normalisation norm(saved[3]);
    const at::Tensor dy = gradient_like(x, gradients);
    const ConvolutionInput input{x, norm.scale, norm.shift};
    const int64_t stride = context->saved_data["stride"].toInt();
    at::Tensor d_weight;
    if (context->needs_input_grad(1)) d_weight = weight_gradient(input, dy, weight, stride);
    const auto [g, sums] = gated_input_gradient(input, norm.mean, dy, weight, stride);
    const auto found = normalisation_gradients({g, at::Tensor(), x}, sums, norm, saved[2]);
    return {found.x, d_weight, found.weight, found.bias, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor own_convolution(const at::Tensor& x, const at::Tensor& weight, int64_t stride) {
  return OwnConvolution::apply(x, weight, stride);
}

at::Tensor own_convolution_of_norm(const at::Tensor& x, const at::Tensor& weight, int64_t stride,
                                   const BatchNormState& state) {
  return OwnConvolutionOfNorm::apply(x, weight, state.weight, state.bias, state, stride);
}

}  // namespace sla::nn::detail
