#include "permutations.h"

#include <sla/random.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace jigsaw {

namespace {

constexpr int64_t kMostEnumeratedTiles = 9;
constexpr int64_t kSampledCandidates = 100'000;

Permutation identity(int64_t tiles) {
  Permutation order(tiles);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

std::vector<Permutation> candidates(int64_t tiles) {
  std::vector<Permutation> all;
  Permutation order = identity(tiles);
  if (tiles <= kMostEnumeratedTiles) {
    all.reserve(factorial(tiles));
    do {
      all.push_back(order);
    } while (std::next_permutation(order.begin(), order.end()));
    return all;
  }
  sla::RandomStream random(0);
  all.push_back(order);
  while (std::ssize(all) < kSampledCandidates) {
    for (int64_t i = tiles - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
    all.push_back(order);
  }
  return all;
}

int64_t hamming_distance(const Permutation& a, const Permutation& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), int64_t{0}, std::plus<>(),
                            std::not_equal_to<>());
}

}  // namespace

int64_t factorial(int64_t tiles) {
  int64_t product = 1;
  for (int64_t factor = 2; factor <= tiles; ++factor) {
    if (__builtin_mul_overflow(product, factor, &product)) {
      return std::numeric_limits<int64_t>::max();
    }
  }
  return product;
}

std::vector<Permutation> distant_permutations(int64_t tiles, int64_t count) {
  const std::vector<Permutation> all = candidates(tiles);
  struct Distance {
    int64_t least = std::numeric_limits<int64_t>::max();
    int64_t sum = 0;
    auto operator<=>(const Distance&) const = default;
  };
  std::vector<Distance> to_chosen(all.size());

  std::vector<Permutation> chosen{all.front()};
  while (std::ssize(chosen) < count) {
    for (size_t i = 0; i < all.size(); ++i) {
      const int64_t distance = hamming_distance(all[i], chosen.back());
      to_chosen[i].least = std::min(to_chosen[i].least, distance);
      to_chosen[i].sum += distance;
    }
    const auto best = std::max_element(to_chosen.begin(), to_chosen.end());
    chosen.push_back(all[best - to_chosen.begin()]);
  }
  return chosen;
}

}  // namespace jigsaw
