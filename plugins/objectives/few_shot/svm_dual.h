#pragma once

#include <ATen/core/Tensor.h>

namespace few_shot {

/// Solves the dual of the Crammer-Singer support vector machine for E episodes at once,
///
///     minimise  1/2 sum_c a_c^T (K + I) a_c - sum_i a_i,y(i)
///     over a [n, C], subject to  a_ic <= penalty [c = y(i)]  and  sum_c a_ic = 0,
///
/// as in MetaOptNet (Lee et al., CVPR 2019, equation 9; its I is the regulariser). `kernel` [E, n,
/// n] float64, symmetric, positive semidefinite; `labels` [n, C] float64, one-hot rows. Returns a,
/// [E, n, C], differentiable with respect to `kernel` through the optimality conditions (Amos and
/// Kolter, ICML 2017). Never synchronises with the GPU.
at::Tensor svm_dual(const at::Tensor& kernel, const at::Tensor& labels, double penalty);

}  // namespace few_shot
