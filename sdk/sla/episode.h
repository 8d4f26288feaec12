#pragma once

#include <cstdint>

namespace sla {

struct Batch;

/// The layout of a batch of few-shot episodes: consecutive episodes, in each of them `way`
/// consecutive classes, for each class `shot` support images and then `query` query images. Within
/// an episode classes are numbered 0..way-1. A dataset's sampler sets the layout in its Draw, an
/// objective reads it from the Batch. It stays on the CPU: reading it never waits for a device.
struct EpisodeLayout {
  /// Episodes per batch.
  int64_t episodes = 0;
  /// Classes per episode.
  int64_t way = 0;
  /// Support images per class.
  int64_t shot = 0;
  /// Query images per class.
  int64_t query = 0;

  /// Images in the whole batch.
  int64_t images() const { return episodes * way * (shot + query); }

  /// The layout of a batch. Throws sla::Error if it has none: its dataset is not episodic.
  static const EpisodeLayout& of(const Batch& batch);
};

}  // namespace sla
