#pragma once

#include <cstdint>

namespace few_shot {

/// A row-major matrix, and whether its transpose is meant.
template <typename T>
struct Factor {
  const T* values;
  int64_t rows;
  int64_t columns;
  bool transposed = false;
};

/// Writes the rows `first` to `last` of a * b to `product`, which has b's columns; single-threaded.
/// For float and double. Compiled for AVX2 and FMA: call it only on processors that have them.
template <typename T>
void multiply(const Factor<T>& a, const Factor<T>& b, int64_t first, int64_t last, T* product);

extern template void multiply(const Factor<float>&, const Factor<float>&, int64_t, int64_t, float*);
extern template void multiply(const Factor<double>&, const Factor<double>&, int64_t, int64_t,
                              double*);

}  // namespace few_shot
