#pragma once

#include <cstdint>
#include <vector>

namespace jigsaw {

/// The source position of each tile, row by row.
using Permutation = std::vector<int64_t>;

/// The number of permutations of `tiles` things, saturating at the largest int64_t.
int64_t factorial(int64_t tiles);

/// `count` permutations of `tiles` things: the identity, then repeatedly the permutation whose
/// minimum Hamming distance to those already chosen is largest; ties are broken by the largest sum
/// of distances, then lexicographically. This is the greedy selection of Noroozi and Favaro, ECCV
/// 2016, algorithm 1, starting from the identity. Beyond 9 tiles it chooses among 100,000
/// permutations drawn with a fixed seed.
std::vector<Permutation> distant_permutations(int64_t tiles, int64_t count);

}  // namespace jigsaw
