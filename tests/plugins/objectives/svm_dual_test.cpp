#include "plugins/objectives/few_shot/svm_dual.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/randn.h>

#include <algorithm>
#include <tuple>

#include "tests/catch.h"

TEST_CASE("the SVM's dual is solved to optimality, whatever the size and scale", "[objectives]") {
  const auto [way, shot, scale, penalty] = GENERATE(
      std::tuple(5, 1, 1.0, 0.1), std::tuple(5, 15, 1.0, 0.1), std::tuple(5, 5, 1e-3, 0.1),
      std::tuple(5, 5, 30.0, 0.1), std::tuple(20, 5, 3.0, 0.1), std::tuple(2, 1, 100.0, 0.1),
      std::tuple(5, 5, 1.0, 1e-3), std::tuple(5, 5, 1.0, 10.0));
  INFO(way << " classes, " << shot << " shots, features times " << scale << ", penalty "
           << penalty);
  at::manual_seed(2);
  const int64_t n = static_cast<int64_t>(way) * shot;
  const auto rows = at::randn({3, n, 64}, at::kDouble) * scale;
  const auto kernel = rows.matmul(rows.mT());
  const auto labels = at::eye(way, at::kDouble).repeat_interleave(shot, 0);
  const auto a = few_shot::svm_dual(kernel, labels, penalty);

  // Feasible: rows sum to zero, and nothing exceeds its bound.
  CHECK(a.sum(2).abs().max().item<double>() < 1e-12);
  CHECK((a - penalty * labels).max().item<double>() < 1e-12);
  // Optimal: the duality gap of this point closes. With u_ic = (K a)_ic + a_ic - y_ic the gradient,
  // no feasible direction descends iff sum a u = sum over rows of the least reachable value: each
  // row may put `penalty` on its own class and the opposite on the class of greatest u.
  const auto gradient = kernel.matmul(a) + a - labels;
  const auto own = (gradient * labels).sum(2);
  const auto gain = penalty * (own - gradient.amax(2));  // at most zero
  const auto gap = (a * gradient).sum(2) - gain;
  const double objective_size = 1 + (a * labels).sum(2).abs().max().item<double>();
  CHECK(gap.min().item<double>() > -1e-10 * objective_size);
  CHECK(gap.max().item<double>() < 1e-9 * objective_size);
}

TEST_CASE("the SVM's dual is solved for supports that nothing tells apart", "[objectives]") {
  const auto way = GENERATE(2, 5);
  const auto penalty = GENERATE(0.1, 1.0, 10.0);
  const auto size = GENERATE(0.0, 1.0, 1e6);
  INFO(way << " classes, penalty " << penalty << ", equal supports of size " << size);
  const auto kernel = at::full({1, way, way}, size, at::kDouble).requires_grad_(true);
  const auto labels = at::eye(way, at::kDouble);
  const auto a = few_shot::svm_dual(kernel, labels, penalty);
  a.square().sum().backward();
  // Equal supports cancel: minimise 1/2 |a|^2 - sum a_i,y(i) alone.
  const double own = std::min(penalty, 1 - 1.0 / way);
  const auto expected = own * (labels - (1 - labels) / static_cast<double>(way - 1));
  CHECK((a[0] - expected).abs().max().item<double>() < 1e-6);
  CHECK(at::isfinite(kernel.grad()).all().item<bool>());
}
