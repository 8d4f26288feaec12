#pragma once

#include <cstdint>

namespace few_shot {

/// Numbers of rows are multiples of it; pad with the identity.
inline constexpr int64_t kRows = 8;

/// Doubles that invert() needs to work in.
int64_t inverse_workspace(int64_t n);

/// Replaces a symmetric positive definite matrix [n, n], of which it reads the lower triangle, by
/// its inverse, single-threaded. Compiled for AVX2 and FMA: call it only on processors that have
/// them.
void invert(double* matrix, int64_t n, double* work);

}  // namespace few_shot
