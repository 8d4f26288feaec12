#pragma once

#include <sla/episode.h>
#include <sla/random.h>
#include <sla/sampler.h>

#include <cstdint>
#include <vector>

namespace episodes {

/// Samples batches of episodes: `way` classes per episode, and `shot` + `query` images per class,
/// both without replacement. Episode n of a split depends on the seed and n alone, whatever batch
/// contains it.
class EpisodeSampler final : public sla::Sampler {
 public:
  /// `positions` of each class's images. A full batch holds `batch.episodes` episodes; a pass holds
  /// `total`, so its last batch may be smaller. There must be enough classes and images.
  EpisodeSampler(std::vector<std::vector<int64_t>> positions, sla::EpisodeLayout batch,
                 int64_t total, sla::RandomStream random);

  sla::Draw draw(int64_t number) const override;
  int64_t batches_per_pass() const override;

 private:
  void draw_episode(int64_t number, std::vector<int64_t>& indices) const;

  std::vector<std::vector<int64_t>> positions_;
  sla::EpisodeLayout batch_;
  int64_t total_;
  sla::RandomStream random_;
};

}  // namespace episodes
