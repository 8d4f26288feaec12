#pragma once

#include <torch/nn/module.h>

#include <cstdint>

namespace sla {

/// Maps features to logits. A torch module: registered parameters are trained and saved.
class Head : public torch::nn::Module {
 public:
  /// Maps features [R, D], float32 (float64 under fp64), to logits [R, outputs]; outside of
  /// autocast.
  virtual at::Tensor forward(const at::Tensor& features) = 0;
};

/// features * weight^T + bias, initialised like torch.nn.Linear: uniform in +-1/sqrt(D).
class LinearHead final : public Head {
 public:
  /// From D = `feature_size` features to `outputs` logits.
  LinearHead(int64_t feature_size, int64_t outputs);

  at::Tensor forward(const at::Tensor& features) override;

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace sla
