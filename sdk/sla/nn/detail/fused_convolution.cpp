#include "sla/nn/detail/fused_convolution.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/custom_function.h>

#include <vector>

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

class LibTorchConvolutionOfNorm final
    : public torch::autograd::Function<LibTorchConvolutionOfNorm> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& norm_weight, const at::Tensor& /*norm_bias*/,
                            const BatchNormState& state, const Geometry& geometry) {
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::DispatchKey::AutocastCPU);
    const Normalisation norm = batch_normalisation(x, state);
    context->save_for_backward({x, weight, norm_weight, norm.save()});
    context->saved_data["stride"] = geometry.stride;
    context->saved_data["padding"] = geometry.padding;
    context->saved_data["groups"] = geometry.groups;
    return at::conv2d(activated(x, norm).to(weight.scalar_type()), weight, /*bias=*/{},
                      geometry.stride, geometry.padding, /*dilation=*/1, geometry.groups)
        .to(x.scalar_type());
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const Normalisation norm(saved[3]);
    const at::Tensor y = activated(x, norm);
    const auto pair = [&](const char* name) {
      const int64_t value = context->saved_data[name].toInt();
      return std::vector<int64_t>{value, value};
    };
    const auto [dy, d_weight, no_bias] = at::convolution_backward(
        gradient_like(x, gradients).to(weight.scalar_type()), y.to(weight.scalar_type()), weight,
        /*bias_sizes=*/c10::nullopt, pair("stride"), pair("padding"), /*dilation=*/{1, 1},
        /*transposed=*/false, /*output_padding=*/{0, 0}, context->saved_data["groups"].toInt(),
        {true, context->needs_input_grad(1), false});
    const GradientSource from{dy.to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast), y,
                              x};
    const GradientSums sums = gradient_sums(from, norm.mean, at::Tensor());
    const auto found = normalisation_gradients(from, sums, norm, saved[2]);
    return {found.x, d_weight, found.weight, found.bias, at::Tensor(), at::Tensor()};
  }

 private:
  static at::Tensor activated(const at::Tensor& x, const Normalisation& norm) {
    return activate(x, /*residual=*/{}, norm.scale, norm.shift);
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

at::Tensor libtorch_convolution_of_norm(const at::Tensor& x, const at::Tensor& weight,
                                        const Geometry& geometry, const BatchNormState& state) {
  return LibTorchConvolutionOfNorm::apply(x, weight, state.weight, state.bias, state, geometry);
}

}  // namespace sla::nn::detail
