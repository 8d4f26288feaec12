#pragma once

#include <cstdint>

#include "sla/batch.h"
#include "sla/sampler.h"

namespace sla {

/// The layout of a batch of few-shot episodes: `episodes` after one another, in each `way` classes
/// after one another, of each class `shot` support images and then `query` query images. A class
/// counts as its number 0..way-1 inside its episode. It travels in the batch's numbers: a dataset's
/// sampler writes it, an objective reads it.
struct EpisodeLayout {
  /// Episodes of the batch.
  int64_t episodes = 0;
  /// Classes of each episode.
  int64_t way = 0;
  /// Support images of each class.
  int64_t shot = 0;
  /// Query images of each class.
  int64_t query = 0;

  /// Images of the whole batch.
  int64_t images() const { return episodes * way * (shot + query); }

  /// Writes the layout into what a sampler returns.
  void write(Draw& draw) const;

  /// The layout of a batch. Throws sla::Error where it has none: its dataset draws no episodes.
  static EpisodeLayout of(const Batch& batch);
};

}  // namespace sla
