#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "sla/batch.h"

namespace sla {

/// Which rows a computation needs: only the identity of each image (B rows), or all its M
/// transformations (B*M rows, row b*M + j is transformation j of image b).
enum class Views { identity, all };

/// A batch and the model's output for it, on the training device.
struct Embedding {
  /// [B, D] or [B*M, D], depending on `views`; float32, or float64 if training.precision is fp64.
  at::Tensor features;
  /// The feature maps of the model's stages, each [rows, C_s, H_s, W_s], in the model's precision;
  /// empty unless the objective needs them.
  std::vector<at::Tensor> feature_maps = {};
  /// The model's input: [rows, C, H, W], normalised, channels_last.
  at::Tensor inputs = {};
  /// Which rows the tensors above have.
  Views views = Views::identity;
  /// The number K of independently augmented copies of each image, as requested by the objective:
  /// image b of the batch is copy b % K. 1 in evaluation.
  int64_t copies = 1;
  /// The B images (augmented, but not transformed or normalised), their labels and annotations.
  const Batch& batch;
};

}  // namespace sla
