#pragma once

#include <ATen/core/Tensor.h>

/// Classifiers fitted to the support images of an episode that then score its queries, for E
/// episodes at once. `support` [E, C, K, D] holds K features of each of C classes, `query` [E, Q,
/// D]. They return logits [E, Q, C] and propagate gradients to both. Any floating-point precision
/// and any device.
namespace few_shot {

/// -||q - p||^2 / D for the mean p of a class's features: prototypical networks (Snell, Swersky,
/// Zemel, NeurIPS 2017).
at::Tensor prototype_logits(const at::Tensor& support, const at::Tensor& query);

/// Ridge regression to one-hot targets in its dual form, 2 q S^T (S S^T + lambda I)^-1 Y: the base
/// learner "ridge" of MetaOptNet (Lee et al., CVPR 2019), twice that of R2D2 (Bertinetto et al.,
/// ICLR 2019).
at::Tensor ridge_logits(const at::Tensor& support, const at::Tensor& query, double lambda);

/// The multi-class support vector machine of Crammer and Singer (JMLR 2001) in its dual form, as in
/// MetaOptNet: q S^T alpha, see svm_dual().
at::Tensor svm_logits(const at::Tensor& support, const at::Tensor& query, double penalty);

}  // namespace few_shot
