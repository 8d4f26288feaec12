#include "heads.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_solve_ex.h>

#include "products.h"
#include "svm_dual.h"

namespace few_shot {

namespace {

/// S S^T of all supports of an episode: [E, n, n], n = C*K.
at::Tensor gram(const at::Tensor& rows) { return products(rows, rows); }

/// [n, C]: row i is 1 at the class of support i.
at::Tensor indicators(const at::Tensor& support) {
  return at::eye(support.size(1), support.options()).repeat_interleave(support.size(2), /*dim=*/0);
}

}  // namespace

at::Tensor prototype_logits(const at::Tensor& support, const at::Tensor& query) {
  const at::Tensor prototypes = support.mean(2);
  const at::Tensor distances = query.square().sum(2).unsqueeze(2) -
                               2 * products(query, prototypes) +
                               prototypes.square().sum(2).unsqueeze(1);
  return -distances / static_cast<double>(query.size(2));
}

at::Tensor ridge_logits(const at::Tensor& support, const at::Tensor& query, double lambda) {
  const at::Tensor rows = support.flatten(1, 2);
  const at::Tensor system = gram(rows) + lambda * at::eye(rows.size(1), rows.options());
  const at::Tensor targets = indicators(support).expand({rows.size(0), -1, -1});
  // No singularity check: lambda > 0 rules it out, and a check would synchronise with the device.
  const at::Tensor dual = std::get<0>(at::linalg_solve_ex(system, targets));
  return 2 * products(query, rows).matmul(dual);
}

at::Tensor svm_logits(const at::Tensor& support, const at::Tensor& query, double penalty) {
  const at::Tensor rows = support.flatten(1, 2);
  // The solver's matrices become ill-conditioned near the solution: float32 is not enough.
  const at::Tensor wide = rows.to(at::kDouble);
  const at::Tensor labels = indicators(support).to(at::kDouble);
  const at::Tensor dual = svm_dual(gram(wide), labels, penalty).to(rows.scalar_type());
  return products(query, rows).matmul(dual);
}

}  // namespace few_shot
