#pragma once

#include <ATen/core/Tensor.h>

#include "sla/nn/detail/batch_norm_passes.h"

namespace sla::nn::detail {

struct BatchNormState {
  at::Tensor weight;
  at::Tensor bias;
  at::Tensor running_mean;
  at::Tensor running_var;
  double momentum;
  double epsilon;
};

/// Whether the functions below support activations of this kind with this state.
bool can_normalise(const at::Tensor& x, const BatchNormState& state);

/// Batch normalisation as one multiplication and addition per channel: scale * x + shift.
struct Normalisation {
  explicit Normalisation(int64_t channels);

  /// All four, [4, C] float32, to be saved for the backward pass, and back.
  explicit Normalisation(const at::Tensor& saved);
  at::Tensor save() const;

  PerChannel<float> mean;
  PerChannel<float> inverse_deviation;
  PerChannel<float> scale;
  PerChannel<float> shift;
};

/// By the statistics of the batch x, with which it also updates the running ones.
Normalisation batch_normalisation(const at::Tensor& x, const BatchNormState& state);

/// By the running statistics, for evaluation.
Normalisation running_normalisation(const BatchNormState& state);

struct NormalisationGradients {
  at::Tensor x;
  at::Tensor weight;
  at::Tensor bias;
};

/// From the gradient of scale * x + shift, given as in propagate(), and its sums.
NormalisationGradients normalisation_gradients(const GradientSource& from, const GradientSums& sums,
                                               const Normalisation& forward,
                                               const at::Tensor& weight);

}  // namespace sla::nn::detail
