#include "inverse.h"

#include <sla/parallel.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cholesky_inverse.h>
#include <ATen/ops/diag_embed.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_cholesky_ex.h>
#include <ATen/ops/linalg_solve_triangular.h>

#include <algorithm>

#include "inverse_kernels.h"
#include "processor.h"

namespace few_shot {

namespace {

/// That of matrix [n, n] + diag(diagonal), padded with the identity in `padded` [size, size], of
/// which it needs the lower triangle alone.
void invert_padded(const double* matrix, const double* diagonal, int64_t n, double* padded,
                   int64_t size, double* work, double* inverse) {
  for (int64_t i = 0; i < n; ++i) {
    std::copy_n(matrix + i * n, i, padded + i * size);
    padded[i * size + i] = matrix[i * n + i] + diagonal[i];
  }
  for (int64_t i = n; i < size; ++i) {
    std::fill_n(padded + i * size, i, 0.0);
    padded[i * size + i] = 1;
  }
  invert(padded, size, work);
  for (int64_t i = 0; i < n; ++i) std::copy_n(padded + i * size, n, inverse + i * n);
}

/// On the CPU with kernels of our own: Debian's LAPACK takes many times longer.
at::Tensor own_inverses(const at::Tensor& matrices, const at::Tensor& diagonals) {
  const int64_t classes = diagonals.size(1);
  const int64_t n = diagonals.size(2);
  at::Tensor to = at::empty({diagonals.size(0), classes, n, n}, matrices.options());
  const int64_t size = (n + kRows - 1) / kRows * kRows;
  sla::parallel_for(diagonals.size(0) * classes, /*grain=*/1, [&](int64_t begin, int64_t end) {
    const at::Tensor padded = at::empty({size * size}, at::kDouble);
    const at::Tensor work = at::empty({inverse_workspace(size)}, at::kDouble);
    for (int64_t i = begin; i < end; ++i) {
      invert_padded(matrices.data_ptr<double>() + i / classes * n * n,
                    diagonals.data_ptr<double>() + i * n, n, padded.data_ptr<double>(), size,
                    work.data_ptr<double>(), to.data_ptr<double>() + i * n * n);
    }
  });
  return to;
}

}  // namespace

at::Tensor inverses(const at::Tensor& matrices, const at::Tensor& diagonals) {
  if (matrices.is_cpu() && runs_kernels()) {
    return own_inverses(matrices.contiguous(), diagonals.contiguous());
  }
  const at::Tensor sums = matrices.unsqueeze(1) + at::diag_embed(diagonals);
  // No check: they are positive definite, and a check would synchronise with the device.
  const at::Tensor root = std::get<0>(at::linalg_cholesky_ex(sums));
  // A third of the work, but it synchronises on the GPU.
  if (root.is_cpu()) return at::cholesky_inverse(root);
  const at::Tensor identity = at::eye(root.size(-1), root.options()).expand_as(root);
  const at::Tensor inverse_root = at::linalg_solve_triangular(root, identity, /*upper=*/false);
  return inverse_root.mT().matmul(inverse_root);
}

}  // namespace few_shot
