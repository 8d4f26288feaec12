#pragma once

#include <torch/nn/module.h>

#include <cstdint>

namespace sla::nn {

class Convolution;
namespace detail {
struct BatchNormState;
}

/// Batch normalisation of [R, C, H, W] over R, H, W (Ioffe and Szegedy, ICML 2015), together with
/// the ReLU that follows and the residual added before the ReLU: on the CPU all three are one
/// pass over memory. If several processes train and training.sync_batch_norm is set, over the rows
/// of all of them. Momentum 0.1, epsilon 1e-5. State, named as in PyTorch: `weight`, `bias`,
/// `running_mean`, `running_var`, `num_batches_tracked`.
class BatchNorm final : public torch::nn::Module {
 public:
  /// For inputs with this number of channels.
  explicit BatchNorm(int64_t channels);

  /// norm(x), for use with another activation. Throws sla::Error, as the others, if it is to be
  /// trained on one value per channel.
  at::Tensor forward(const at::Tensor& x);

  /// relu(norm(x)).
  at::Tensor relu(const at::Tensor& x);

  /// relu(norm(x) + residual).
  at::Tensor add_relu(const at::Tensor& x, const at::Tensor& residual);

  /// next.forward(relu(norm(x))). In training on the CPU in float32 or bfloat16, relu(norm(x)) is
  /// usually not kept for the backward pass, and where `next` has kernels of its own not even
  /// written: prefer it to relu() where nothing else needs that.
  at::Tensor relu_into(const Convolution& next, const at::Tensor& x);

 private:
  detail::BatchNormState state() const;
  /// Whether there are passes of our own for x: in training, and in evaluation without gradients.
  bool normalises_itself(const at::Tensor& x) const;
  /// Throws sla::Error if the batch has one value per channel.
  void count_batch(const at::Tensor& x);
  at::Tensor normalise(const at::Tensor& x, const at::Tensor& residual);
  at::Tensor normalise_alone(const at::Tensor& x);

  at::Tensor weight_;
  at::Tensor bias_;
  at::Tensor running_mean_;
  at::Tensor running_var_;
  at::Tensor num_batches_tracked_;
};

}  // namespace sla::nn
