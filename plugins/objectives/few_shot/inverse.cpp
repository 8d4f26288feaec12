#include "inverse.h"

#include <sla/parallel.h>

#include <ATen/ops/cholesky_inverse.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_cholesky_ex.h>
#include <ATen/ops/linalg_solve_triangular.h>

#include <algorithm>

#include "inverse_kernels.h"

namespace few_shot {

namespace {

/// The processors that inverse_kernels.cpp is compiled for.
bool inverts_here() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

/// One matrix, padded with the identity in `padded` [size, size].
void invert_padded(const double* matrix, int64_t n, double* padded, int64_t size, double* work,
                   double* inverse) {
  std::fill_n(padded, size * size, 0.0);
  for (int64_t i = 0; i < size; ++i) {
    if (i < n) std::copy_n(matrix + i * n, n, padded + i * size);
    if (i >= n) padded[i * size + i] = 1;
  }
  invert(padded, size, work);
  for (int64_t i = 0; i < n; ++i) std::copy_n(padded + i * size, n, inverse + i * n);
}

/// On the CPU with kernels of our own: Debian's LAPACK takes many times longer.
at::Tensor own_inverses(const at::Tensor& matrices) {
  const at::Tensor from = matrices.contiguous();
  const at::Tensor to = at::empty_like(from);
  const int64_t n = from.size(-1);
  const int64_t size = (n + kRows - 1) / kRows * kRows;
  sla::parallel_for(from.numel() / (n * n), /*grain=*/1, [&](int64_t begin, int64_t end) {
    const at::Tensor padded = at::empty({size * size}, at::kDouble);
    const at::Tensor work = at::empty({inverse_workspace(size)}, at::kDouble);
    for (int64_t i = begin; i < end; ++i) {
      invert_padded(from.data_ptr<double>() + i * n * n, n, padded.data_ptr<double>(), size,
                    work.data_ptr<double>(), to.data_ptr<double>() + i * n * n);
    }
  });
  return to;
}

}  // namespace

at::Tensor inverses(const at::Tensor& matrices) {
  if (matrices.is_cpu() && inverts_here()) return own_inverses(matrices);
  // No check: they are positive definite, and a check would synchronise with the device.
  const at::Tensor root = std::get<0>(at::linalg_cholesky_ex(matrices));
  // A third of the work, but it synchronises on the GPU.
  if (root.is_cpu()) return at::cholesky_inverse(root);
  const at::Tensor identity = at::eye(root.size(-1), root.options()).expand_as(root);
  const at::Tensor inverse_root = at::linalg_solve_triangular(root, identity, /*upper=*/false);
  return inverse_root.mT().matmul(inverse_root);
}

}  // namespace few_shot
