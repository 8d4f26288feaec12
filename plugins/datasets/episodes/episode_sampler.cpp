#include "episode_sampler.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/tensor.h>

namespace episodes {

namespace {

/// `count` distinct numbers below `bound`, in random order (Floyd's algorithm, then a shuffle).
std::vector<int64_t> choose(int64_t count, int64_t bound, sla::RandomStream& random) {
  std::vector<int64_t> chosen;
  for (int64_t last = bound - count; last < bound; ++last) {
    const int64_t candidate = random.below(last + 1);
    const bool taken = std::find(chosen.begin(), chosen.end(), candidate) != chosen.end();
    chosen.push_back(taken ? last : candidate);
  }
  for (int64_t i = count - 1; i > 0; --i) std::swap(chosen[i], chosen[random.below(i + 1)]);
  return chosen;
}

}  // namespace

EpisodeSampler::EpisodeSampler(std::vector<std::vector<int64_t>> positions,
                               sla::EpisodeLayout batch, int64_t total, sla::RandomStream random)
    : positions_(std::move(positions)), batch_(batch), total_(total), random_(random) {}

sla::Draw EpisodeSampler::draw(int64_t number) const {
  // Batches and episodes are numbered across the whole run: each pass has new episodes.
  const int64_t pass = number / batches_per_pass();
  const int64_t first = number % batches_per_pass() * batch_.episodes;
  sla::EpisodeLayout layout = batch_;
  layout.episodes = std::min(batch_.episodes, total_ - first);
  std::vector<int64_t> indices;
  indices.reserve(static_cast<size_t>(layout.images()));
  for (int64_t e = 0; e < layout.episodes; ++e) draw_episode(pass * total_ + first + e, indices);
  return {.indices = at::tensor(indices, at::kLong), .episodes = layout};
}

void EpisodeSampler::draw_episode(int64_t number, std::vector<int64_t>& indices) const {
  auto random = random_.child(number);
  for (const int64_t c : choose(batch_.way, std::ssize(positions_), random)) {
    const auto& images = positions_[c];
    for (const int64_t i : choose(batch_.shot + batch_.query, std::ssize(images), random)) {
      indices.push_back(images[i]);
    }
  }
}

int64_t EpisodeSampler::batches_per_pass() const {
  return (total_ + batch_.episodes - 1) / batch_.episodes;
}

}  // namespace episodes
