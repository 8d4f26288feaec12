#include "svm_dual.h"

#include <sla/parallel.h>

#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include "inverse.h"
#include "products.h"

namespace few_shot {

namespace {

// A primal-dual interior-point method (Mehrotra's predictor-corrector). Tensors of unknowns are [E,
// C, n]: the Hessian K + I only couples images within a class, so each step solves E*C systems of n
// unknowns, and one of n for the equality constraints.

constexpr int kIterations = 30;
constexpr double kGap = 1e-14;         // duality gap per constraint to stop at
constexpr double kToBoundary = 0.999;  // fraction of the distance to the boundary per step

/// The optimality system at a point, with the eliminated slack on the diagonal: (K + I + diag(d_c))
/// x_c + nu = right_c and sum_c x_c = sum.
class NewtonSystem {
 public:
  NewtonSystem(const at::Tensor& hessian, const at::Tensor& diagonal)
      : inverse_(inverses(hessian, diagonal)),
        coupling_(inverses(inverse_.sum(1), at::zeros_like(diagonal).narrow(1, 0, 1)).squeeze(1)) {}

  struct Solution {
    at::Tensor x;   // [E, C, n]
    at::Tensor nu;  // [E, n]
  };

  Solution solve(const at::Tensor& right, const at::Tensor& sum) const {
    const at::Tensor free = times(inverse_, right);
    at::Tensor nu = times(coupling_, free.sum(1) - sum);
    return {free - times(inverse_, nu.unsqueeze(1)), nu};
  }

 private:
  static at::Tensor times(const at::Tensor& matrices, const at::Tensor& vectors) {
    const int64_t n = matrices.size(-1);
    const at::Tensor all = vectors.expand(matrices.sizes().slice(0, matrices.dim() - 1));
    return products(matrices.reshape({-1, n, n}), all.reshape({-1, 1, n})).view(all.sizes());
  }

  at::Tensor inverse_;   // [E, C, n, n]
  at::Tensor coupling_;  // [E, n, n]
};

/// An interior point: a, the slack s of a <= h, its multiplier, and that of the sums.
struct Point {
  at::Tensor a;
  at::Tensor slack;
  at::Tensor multiplier;
  at::Tensor nu;
};

/// The largest step in 0..1 that keeps `values` positive along `direction`, per episode.
at::Tensor longest_step(const at::Tensor& values, const at::Tensor& direction) {
  const at::Tensor limits = at::where(direction < 0, -values / direction, at::ones_like(values));
  return limits.amin({1, 2}, /*keepdim=*/true).clamp_max(1.0);
}

at::Tensor gap_of(const Point& point) {
  return (point.slack * point.multiplier).mean({1, 2}, /*keepdim=*/true);
}

/// K + I times each class's vector.
at::Tensor apply(const at::Tensor& hessian, const at::Tensor& a) { return products(a, hessian); }

/// Takes one step towards the optimum.
void improve(Point& point, const at::Tensor& hessian, const at::Tensor& targets,
             const at::Tensor& bounds) {
  const at::Tensor gap = gap_of(point);
  const at::Tensor stationarity =
      apply(hessian, point.a) - targets + point.nu.unsqueeze(1) + point.multiplier;
  const at::Tensor excess = point.a + point.slack - bounds;
  const at::Tensor sums = point.a.sum(1);
  const NewtonSystem system(hessian, point.multiplier / point.slack);

  // The step towards slack * multiplier = `product`.
  const auto step_towards = [&](const at::Tensor& product) {
    const at::Tensor missing = point.slack * point.multiplier - product;
    const auto [x, nu] =
        system.solve((missing - point.multiplier * excess) / point.slack - stationarity, -sums);
    const at::Tensor slack = -excess - x;
    return Point{x, slack, (-missing - point.multiplier * slack) / point.slack, nu};
  };

  const Point affine = step_towards(at::zeros_like(point.slack));
  const at::Tensor reach = at::minimum(longest_step(point.slack, affine.slack),
                                       longest_step(point.multiplier, affine.multiplier));
  const at::Tensor reached =
      ((point.slack + reach * affine.slack) * (point.multiplier + reach * affine.multiplier))
          .mean({1, 2}, /*keepdim=*/true);
  const at::Tensor centre = ((reached / gap).pow(3) * gap).clamp_min(0.1 * kGap);
  const Point step = step_towards(centre - affine.slack * affine.multiplier);
  const at::Tensor length =
      kToBoundary * at::minimum(longest_step(point.slack, step.slack),
                                longest_step(point.multiplier, step.multiplier));
  point.a += length * step.a;
  point.slack += length * step.slack;
  point.multiplier += length * step.multiplier;
  point.nu += length.squeeze(1) * step.nu;
}

/// A point inside all constraints, with positive multipliers: the best share of the penalty for all
/// images alike, balanced evenly over the other classes.
Point start(const at::Tensor& hessian, const at::Tensor& targets, double penalty) {
  constexpr double kMostOfPenalty = 0.9;
  // How far nu lies below an image's least slope, which keeps all multipliers positive: a share of
  // the slopes' mean distance from it, and if they are all alike, a little of the targets' 1.
  constexpr double kMargin = 0.2;
  constexpr double kLeastMargin = 1e-3;
  const auto others = static_cast<double>(targets.size(1) - 1);
  const at::Tensor direction =
      (targets - (1 - targets) / others).expand({hessian.size(0), -1, -1}).contiguous();
  const at::Tensor curvature = apply(hessian, direction);
  const at::Tensor share =
      (static_cast<double>(hessian.size(1)) / (direction * curvature).sum({1, 2}, /*keepdim=*/true))
          .clamp_max(kMostOfPenalty * penalty);
  const at::Tensor a = share * direction;
  const at::Tensor slope = targets - share * curvature;
  const at::Tensor least = slope.amin(1, /*keepdim=*/true);
  const at::Tensor spread = slope.mean(1, /*keepdim=*/true) - least;
  const at::Tensor nu = least - (kMargin * spread).clamp_min(kLeastMargin);
  return {a, penalty * targets - a, slope - nu, nu.squeeze(1)};
}

/// The optimum, without gradients.
Point optimum(const at::Tensor& hessian, const at::Tensor& targets, double penalty) {
  const at::NoGradGuard no_grad;
  const at::Tensor bounds = penalty * targets;
  Point point = start(hessian, targets, penalty);
  for (int i = 0; i < kIterations; ++i) {
    improve(point, hessian, targets, bounds);
    // Only if checking is free: steps at the optimum change nothing.
    if (hessian.is_cpu() && gap_of(point).max().item<double>() < kGap) break;
  }
  return point;
}

/// The same on the CPU: its matrices stay in cache if each thread handles one episode at a
/// time.
Point optimum_by_episode(const at::Tensor& hessian, const at::Tensor& targets, double penalty) {
  std::vector<Point> points(static_cast<size_t>(hessian.size(0)));
  sla::parallel_for(hessian.size(0), /*grain=*/1, [&](int64_t begin, int64_t end) {
    for (int64_t e = begin; e < end; ++e) {
      points[e] = optimum(hessian.narrow(0, e, 1), targets, penalty);
    }
  });
  const auto all = [&](at::Tensor Point::*part) {
    std::vector<at::Tensor> parts;
    parts.reserve(points.size());
    for (const Point& point : points) parts.push_back(point.*part);
    return at::cat(parts);
  };
  return {all(&Point::a), all(&Point::slack), all(&Point::multiplier), all(&Point::nu)};
}

}  // namespace

at::Tensor svm_dual(const at::Tensor& kernel, const at::Tensor& labels, double penalty) {
  const at::Tensor hessian = kernel + at::eye(kernel.size(1), kernel.options());
  const at::Tensor targets = labels.t().unsqueeze(0);  // [1, C, n]
  const auto solve = kernel.is_cpu() ? optimum_by_episode : optimum;
  const Point point = solve(hessian.detach(), targets, penalty);

  // One more Newton step, in which only the kernel in the stationarity condition is not constant:
  // at the optimum its length is zero and its derivative is that of the optimum.
  const at::Tensor stationarity =
      apply(hessian, point.a) - targets + point.nu.unsqueeze(1) + point.multiplier;
  const NewtonSystem system(hessian.detach(), point.multiplier / point.slack);
  const at::Tensor step = system.solve(-stationarity, at::zeros_like(point.nu)).x;
  return (point.a + step).transpose(1, 2);
}

}  // namespace few_shot
