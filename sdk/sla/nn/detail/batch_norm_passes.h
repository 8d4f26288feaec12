#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

/// Passes of the fused batch normalisation over whole activations, on all threads. Activations are
/// [R, C, H, W], channels_last, float32 or bfloat16, and not empty; results do not depend on
/// the number of threads.
namespace sla::nn::detail {

/// One number per channel.
template <typename T>
using PerChannel = std::vector<T>;

struct Moments {
  PerChannel<double> mean;
  PerChannel<double> variance;  // biased
};

Moments moments(const at::Tensor& x);

/// relu(scale * x + shift + residual); `residual` may be undefined.
at::Tensor activate(const at::Tensor& x, const at::Tensor& residual, const PerChannel<float>& scale,
                    const PerChannel<float>& shift);

/// The backward pass's inputs: the gradient of the output, the output and the input. If y is
/// undefined, dy already is g.
struct GradientSource {
  at::Tensor dy;
  at::Tensor y;
  at::Tensor x;
};

struct GradientSums {
  PerChannel<double> g;          // g = dy where y > 0
  PerChannel<double> g_times_x;  // g * (x - mean)
};

/// Also writes g, the gradient of the residual, if `g` is defined.
GradientSums gradient_sums(const GradientSource& from, const PerChannel<float>& mean,
                           const at::Tensor& g);

/// dx = scale * g + slope * (x - mean) + shift.
struct InputGradientFactors {
  PerChannel<float> mean;
  PerChannel<float> scale;
  PerChannel<float> slope;
  PerChannel<float> shift;
};

/// The gradient dx of the input.
at::Tensor propagate(const GradientSource& from, const InputGradientFactors& factors);

}  // namespace sla::nn::detail
