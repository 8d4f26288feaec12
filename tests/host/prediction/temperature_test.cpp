#include "host/prediction/temperature.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include <cmath>

#include "tests/catch.h"

using host::prediction::fitted_temperature;

TEST_CASE("the temperature makes confidence and accuracy agree", "[commands]") {
  // Two classes, logits (x, 0) for class 0 with x = 4; three of four labels are 0. The best
  // probability of class 0 is 3/4, at x / T = ln 3.
  const auto logits = at::tensor({4., 0., 4., 0., 4., 0., 4., 0.}, at::kDouble).view({4, 2});
  const auto labels = at::tensor({0, 0, 1, 0}, at::kLong);
  CHECK(fitted_temperature(logits, labels) == Approx(4 / std::log(3.0)).epsilon(1e-9));
  CHECK(fitted_temperature(logits.to(at::kFloat) / 40, labels) ==
        Approx(0.1 / std::log(3.0)).epsilon(1e-5));
  // Always right: the sharper the better, until the probability is 1 to all digits.
  CHECK(fitted_temperature(logits, labels * 0) < 0.2);
  CHECK(fitted_temperature(logits, labels * 0 + 1) == Approx(100).epsilon(1e-6));
}
