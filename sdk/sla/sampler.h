#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sla/episode.h"

namespace sla {

/// The images of one batch.
struct Draw {
  /// [B] int64 on the CPU, contiguous, B at least 1: positions in the split.
  at::Tensor indices;
  /// Added to the batch's annotations; first dimension B.
  std::map<std::string, at::Tensor> annotations = {};
  /// The batch's episode layout, if it consists of few-shot episodes.
  std::optional<EpisodeLayout> episodes = std::nullopt;
};

/// Chooses the images of each global batch. A sampler is a pure function of the batch number, so
/// that any batch can be redrawn and a resumed run continues exactly. Called by one thread at a
/// time, not always the same.
class Sampler {
 public:
  virtual ~Sampler() = default;

  /// The images of batch `number` (0, 1, ... over the whole run, not per epoch).
  virtual Draw draw(int64_t number) const = 0;

  /// The number of batches in one pass: an epoch of training, or a whole evaluation.
  virtual int64_t batches_per_pass() const = 0;
};

}  // namespace sla
