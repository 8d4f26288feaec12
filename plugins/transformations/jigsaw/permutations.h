#pragma once

#include <cstdint>
#include <vector>

namespace jigsaw {

/// The position that each tile comes from, row by row.
using Permutation = std::vector<int64_t>;

/// The number of permutations of `tiles` things, or the greatest int64_t where it is more.
int64_t factorial(int64_t tiles);

/// `count` permutations of `tiles` things: the identity, then one by one the permutation whose
/// least Hamming distance to those already chosen is greatest; of several the one with the greatest
/// sum of distances, of several of these the first lexicographically. This is the greedy selection
/// of Noroozi and Favaro, ECCV 2016, algorithm 1, started at the identity. Beyond 9 tiles it
/// chooses among 100,000 permutations drawn from a fixed seed.
std::vector<Permutation> distant_permutations(int64_t tiles, int64_t count);

}  // namespace jigsaw
