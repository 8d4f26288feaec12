#include "product_kernels.h"

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

namespace few_shot {

namespace {

template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <typename T>
Eigen::Map<const Matrix<T>> map(const Factor<T>& factor) {
  return {factor.values, factor.rows, factor.columns};
}

}  // namespace

template <typename T>
void multiply(const Factor<T>& a, const Factor<T>& b, int64_t first, int64_t last, T* product) {
  const int64_t rows = last - first;
  const auto write = [&](const auto& left, const auto& right) {
    Eigen::Map<Matrix<T>> to(product + first * right.cols(), rows, right.cols());
    to.noalias() = left * right;
  };
  const auto with_right = [&](const auto& left) {
    if (b.transposed) return write(left, map(b).transpose());
    write(left, map(b));
  };
  if (a.transposed) return with_right(map(a).middleCols(first, rows).transpose());
  with_right(map(a).middleRows(first, rows));
}

template void multiply(const Factor<float>&, const Factor<float>&, int64_t, int64_t, float*);
template void multiply(const Factor<double>&, const Factor<double>&, int64_t, int64_t, double*);

}  // namespace few_shot
