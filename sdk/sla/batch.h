#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <optional>
#include <string>

#include "sla/episode.h"

namespace sla {

/// The second labels of images that an augmentation mixed in pairs (mixup, CutMix). The host asks
/// the objective for the loss under both labels and adds the two, weighted by their shares. On the
/// CPU until the host moves them.
struct MixedLabels {
  /// [B] int64, contiguous, the class of the image mixed into each image.
  at::Tensor labels;
  /// 0-dimensional, float64, in [0, 1]: the weight of Batch::labels in the loss of this batch; the
  /// second labels have weight 1 - share.
  at::Tensor share;
};

/// B labelled images, on the CPU while they are loaded, then on the training device.
struct Batch {
  /// [B, C, H, W], contiguous; uint8 in 0..255, or float32 or float64 in 0..1; of one dtype in all
  /// splits.
  at::Tensor images;
  /// [B] int64, the class of each image.
  at::Tensor labels;
  /// Further tensors, by name, from a dataset, its sampler or an augmentation, such as which
  /// quadrant was rotated. First dimension B; on the CPU until they are moved with the rest. A
  /// sampler must not use a name that its dataset uses. Whoever writes one documents its name,
  /// shape and dtype.
  std::map<std::string, at::Tensor> annotations = {};
  /// The layout of the batch, if it consists of few-shot episodes.
  std::optional<EpisodeLayout> episodes = std::nullopt;
  /// The second labels, if an augmentation mixed the images.
  std::optional<MixedLabels> mixed = std::nullopt;
};

/// The annotation `name` of a batch. If it is missing, throws sla::Error listing the existing ones:
/// the experiment lacks the augmentation or dataset that writes it.
const at::Tensor& annotation(const Batch& batch, const std::string& name);

}  // namespace sla
