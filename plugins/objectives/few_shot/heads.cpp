#include "heads.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/zeros.h>

#include "inverse.h"
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
  const at::Tensor matrix = system.detach().to(at::kDouble);
  const at::Tensor no_diagonal = at::zeros({rows.size(0), 1, rows.size(1)}, matrix.options());
  const at::Tensor inverse = inverses(matrix, no_diagonal).squeeze(1).to(system.scalar_type());
  const at::Tensor solution = inverse.matmul(targets);
  // One step of refinement, which is nought but for rounding, has the solution's gradient.
  const at::Tensor dual = solution + inverse.matmul(targets - system.matmul(solution));
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
