#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sla/batch.h"
#include "sla/model.h"
#include "sla/objective.h"

namespace sla {

/// A trained network of an earlier run, for distillation or comparison; see Host::frozen_network.
/// It is on the training device, is never trained or saved; its run is recorded in the provenance.
/// Give it untransformed, unnormalised images: it transforms and normalises them according to its
/// own experiment, in evaluation mode, without gradients, in its own precision. Call it
/// only from the training thread.
///
/// Draft: its interface may change within SDK 3.
class FrozenNetwork {
 public:
  virtual ~FrozenNetwork() = default;

  /// The names of its classes, in the order of its logits.
  virtual const std::vector<std::string>& class_names() const = 0;

  /// Its predictions, the main one first.
  virtual const std::vector<Prediction>& predictions() const = 0;

  /// Logits [B, N] of prediction `name` for a batch, such as `embedding.batch`. If there is no such
  /// prediction, throws sla::Error listing the existing ones.
  virtual at::Tensor predict(std::string_view name, const Batch& batch) = 0;

  /// Features [B, D] of images [B, C, H, W], untransformed.
  virtual at::Tensor features(const at::Tensor& images) = 0;

  /// The channels of its model's stages; empty if it offers no feature maps.
  virtual std::vector<int64_t> stage_channels() const = 0;

  /// Features and feature maps of images [B, C, H, W], untransformed. Throws sla::Error if its
  /// model offers no maps.
  virtual StagedFeatures staged_features(const at::Tensor& images) = 0;
};

}  // namespace sla
