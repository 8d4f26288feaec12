#pragma once

#include <torch/nn/module.h>

#include <cstdint>

/// Layers shared by the models.
namespace sla::nn {

class BatchNorm;
namespace detail {
struct BatchNormState;
}

/// A 2D convolution without bias, with padding kernel / 2. Initialised from a normal distribution
/// with variance 2 / (kernel^2 * out) (He et al., ICCV 2015, equation 14). State: `weight`.
///
/// Kernels of our own (Winograd's algorithm F(4x4, 3x3); Lavin and Gray, CVPR 2016) support kernel
/// 3, stride 1 or 2, one group, numbers of channels that are multiples of 16, and images of at
/// least 4x4 pixels in float32 or under bf16 autocast. Processors with AVX2 take them for all of
/// these, those with AVX-512 if they are faster than LibTorch's, which compute everything else. An
/// experiment's `runtime.kernels` overrules the processor.
class Convolution final : public torch::nn::Module {
 public:
  /// From `in` to `out` channels; `kernel` and `stride` in pixels, in both directions. `groups`
  /// divides both: each group of output channels sees its own group of input channels alone.
  Convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t groups = 1);

  /// Maps [R, in, H, W] to [R, out, ceil(H/stride), ceil(W/stride)], for an odd kernel.
  at::Tensor forward(const at::Tensor& images) const;

 private:
  friend class BatchNorm;

  /// Whether autocast is on and changes the images' type.
  static bool casts(const at::Tensor& images);
  bool has_own_kernels(const at::Tensor& x) const;
  at::Tensor channels_last_weight() const;
  /// forward(relu(norm(x))) with the batch's statistics, without keeping relu(norm(x)).
  at::Tensor forward_norm(const at::Tensor& x, const detail::BatchNormState& norm) const;

  int64_t stride_;
  int64_t padding_;
  int64_t groups_;
  at::Tensor weight_;
};

}  // namespace sla::nn
