#include "inverse_kernels.h"

namespace few_shot {

namespace {

#define FEW_SHOT_INLINE __attribute__((always_inline)) inline

constexpr int64_t kLanes = 4;
/// Unknowns that are eliminated at once.
constexpr int64_t kBlock = 16;
constexpr int64_t kTileRows = 4;
constexpr int64_t kTileColumns = 2 * kLanes;

using Vector = double __attribute__((vector_size(kLanes * sizeof(double))));

FEW_SHOT_INLINE Vector load(const double* from) {
  Vector vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}

FEW_SHOT_INLINE void store(Vector vector, double* to) {
  __builtin_memcpy(to, &vector, sizeof vector);
}

/// tile [4, 8] -= a^T b for a [depth, 4], b [depth, 8]; the rows of a are a_stride, those of b and
/// the tile n values apart.
FEW_SHOT_INLINE void subtract_product(double* tile, const double* a, int64_t a_stride,
                                      const double* b, int64_t n, int64_t depth) {
  Vector sums[kTileRows][2];
  for (int64_t r = 0; r < kTileRows; ++r) {
    sums[r][0] = load(tile + r * n);
    sums[r][1] = load(tile + r * n + kLanes);
  }
  for (int64_t k = 0; k < depth; ++k) {
    const Vector left = load(b + k * n);
    const Vector right = load(b + k * n + kLanes);
#pragma GCC unroll 4
    for (int64_t r = 0; r < kTileRows; ++r) {
      const Vector entry = a[k * a_stride + r] - Vector{};
      sums[r][0] -= entry * left;
      sums[r][1] -= entry * right;
    }
  }
  for (int64_t r = 0; r < kTileRows; ++r) {
    store(sums[r][0], tile + r * n);
    store(sums[r][1], tile + r * n + kLanes);
  }
}

/// The lower triangle of matrix [n, n] -= a^T b, and some of the upper one.
void subtract_lower(double* matrix, const double* a, const double* b, int64_t n, int64_t depth) {
  for (int64_t j = 0; j < n; j += kTileColumns) {
    for (int64_t i = j; i < n; i += kTileRows) {
      subtract_product(matrix + i * n + j, a + i, n, b + j, n, depth);
    }
  }
}

/// Replaces the lower triangle of a matrix [size, size], its rows n values apart, by that of the
/// negative inverse: the sweep operator (Beaton, 1964) on one unknown after another.
void sweep(double* matrix, int64_t n, int64_t size) {
  for (int64_t k = 0; k < size; ++k) {
    const double inverse = 1 / matrix[k * n + k];
    double column[kBlock];
    for (int64_t i = 0; i < size; ++i) {
      column[i] = i < k ? matrix[k * n + i] : matrix[i * n + k];
    }
    for (int64_t i = 0; i < size; ++i) {
      for (int64_t j = 0; j <= i; ++j) {
        matrix[i * n + j] -= column[i] * inverse * column[j];
      }
    }
    for (int64_t i = 0; i < k; ++i) matrix[k * n + i] = column[i] * inverse;
    for (int64_t i = k; i < size; ++i) matrix[i * n + k] = column[i] * inverse;
    matrix[k * n + k] = -inverse;
  }
}

}  // namespace

int64_t inverse_workspace(int64_t n) { return 2 * kBlock * n; }

void invert(double* matrix, int64_t n, double* work) {
  // The same sweep, on a block of unknowns P after another: with D = A_PP^-1, A_ij -= A_iP D A_Pj,
  // A_iP = A_iP D, A_PP = -D. After all of them the matrix is the negative inverse.
  double* columns = work;                // A_Pi [P, n]
  double* products = work + kBlock * n;  // D A_Pi [P, n]
  for (int64_t first = 0; first < n; first += kBlock) {
    const int64_t size = n - first < kBlock ? n - first : kBlock;
    for (int64_t p = 0; p < size; ++p) {
      const int64_t row = first + p;
      for (int64_t i = 0; i < row; ++i) columns[p * n + i] = matrix[row * n + i];
      for (int64_t i = row; i < first + size; ++i) columns[p * n + i] = matrix[i * n + row];
    }
    for (int64_t i = first + size; i < n; ++i) {
      for (int64_t p = 0; p < size; ++p) columns[p * n + i] = matrix[i * n + first + p];
    }
    double* pivot = matrix + first * n + first;
    sweep(pivot, n, size);
    double negative_inverse[kBlock * kBlock];
    for (int64_t p = 0; p < size; ++p) {
      for (int64_t q = 0; q <= p; ++q) {
        negative_inverse[p * kBlock + q] = negative_inverse[q * kBlock + p] = pivot[p * n + q];
      }
    }
    for (int64_t i = 0; i < size * n; ++i) products[i] = 0;
    for (int64_t p = 0; p < size; p += kTileRows) {
      for (int64_t i = 0; i < n; i += kTileColumns) {
        subtract_product(products + p * n + i, negative_inverse + p, kBlock, columns + i, n, size);
      }
    }
    subtract_lower(matrix, products, columns, n, size);
    for (int64_t p = 0; p < size; ++p) {
      const int64_t row = first + p;
      for (int64_t i = 0; i < first; ++i) matrix[row * n + i] = products[p * n + i];
      for (int64_t q = 0; q <= p; ++q) {
        matrix[row * n + first + q] = negative_inverse[p * kBlock + q];
      }
    }
    for (int64_t i = first + size; i < n; ++i) {
      for (int64_t p = 0; p < size; ++p) matrix[i * n + first + p] = products[p * n + i];
    }
  }
  // By blocks of rows, which stay in cache.
  for (int64_t first = 0; first < n; first += kRows) {
    for (int64_t j = 0; j < first + kRows; ++j) {
      for (int64_t i = j < first ? first : j; i < first + kRows; ++i) {
        matrix[j * n + i] = matrix[i * n + j] = -matrix[i * n + j];
      }
    }
  }
}

}  // namespace few_shot
