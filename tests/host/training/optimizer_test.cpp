#include "host/training/optimizer.h"

#include <ATen/ops/tensor.h>

#include <cmath>

#include "tests/catch.h"

using host::experiment::OptimizerKind;
using host::experiment::OptimizerOptions;

namespace {

/// The parameter after each step, given the gradients.
std::vector<double> steps(const OptimizerOptions& options, double start,
                          const std::vector<double>& gradients) {
  at::Tensor parameter = at::tensor({start}, at::kDouble).requires_grad_(true);
  const auto optimizer =
      host::training::make_optimizer(options, {{"p", parameter, options.weight_decay}});
  std::vector<double> values;
  for (const double gradient : gradients) {
    parameter.mutable_grad() = at::tensor({gradient}, at::kDouble);
    optimizer->step(options.learning_rate);
    CHECK(!parameter.grad().defined());
    values.push_back(parameter.item<double>());
  }
  return values;
}

void check_close(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(expected[i]).epsilon(1e-12));
}

}  // namespace

TEST_CASE("SGD follows the formulas of momentum and weight decay", "[training]") {
  // v1 = 0.5 + 0.1*2 = 0.7, p1 = 2 - 0.7*0.1; v2 = 0.9*0.7 + (1 + 0.1*1.93) = 1.823
  check_close(
      steps(
          {.kind = OptimizerKind::sgd, .learning_rate = 0.1, .weight_decay = 0.1, .momentum = 0.9},
          2, {0.5, 1}),
      {1.93, 1.93 - 0.1823});
  // Nesterov: p1 = 2 - 0.1*(0.7 + 0.9*0.7)
  check_close(steps({.kind = OptimizerKind::sgd,
                     .learning_rate = 0.1,
                     .weight_decay = 0.1,
                     .momentum = 0.9,
                     .nesterov = true},
                    2, {0.5}),
              {2 - 0.1 * 1.33});
}

TEST_CASE("AdamW follows the published algorithm", "[training]") {
  const OptimizerOptions options{.kind = OptimizerKind::adamw,
                                 .learning_rate = 0.01,
                                 .weight_decay = 0.1,
                                 .beta1 = 0.9,
                                 .beta2 = 0.99,
                                 .epsilon = 1e-8};
  const std::vector<double> gradients{0.5, -0.25, 1};
  std::vector<double> expected;
  double p = 2;
  double m = 0;
  double v = 0;
  for (size_t t = 1; t <= gradients.size(); ++t) {
    const double g = gradients[t - 1];
    p -= 0.01 * 0.1 * p;
    m = 0.9 * m + 0.1 * g;
    v = 0.99 * v + 0.01 * g * g;
    const auto power = static_cast<double>(t);
    p -= 0.01 * (m / (1 - std::pow(0.9, power))) /
         (std::sqrt(v / (1 - std::pow(0.99, power))) + 1e-8);
    expected.push_back(p);
  }
  check_close(steps(options, 2, gradients), expected);
}
