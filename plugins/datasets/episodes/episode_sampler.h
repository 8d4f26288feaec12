#pragma once

#include <sla/episode.h>
#include <sla/random.h>
#include <sla/sampler.h>

#include <cstdint>
#include <vector>

namespace episodes {

/// Draws batches of episodes: of each, `way` classes and of each class `shot` + `query` images,
/// both without replacement. Episode n of the split is a function of the seed and of n alone,
/// whatever batches it is part of.
class EpisodeSampler final : public sla::Sampler {
 public:
  /// `positions` of the images of each class; a full batch holds `batch.episodes` episodes, one
  /// pass `total`, its last batch what is left. There are enough classes and images.
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
