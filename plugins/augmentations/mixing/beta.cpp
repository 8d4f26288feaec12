#include "beta.h"

#include <cmath>
#include <numbers>

namespace mixing {

namespace {

/// Uniform in (0, 1], so that its logarithm is finite.
double positive_uniform(sla::RandomStream& random) { return 1 - random.uniform(); }

/// Standard normal (Box, Muller, 1958).
double normal(sla::RandomStream& random) {
  const double radius = std::sqrt(-2 * std::log(positive_uniform(random)));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

/// The logarithm of a draw from Gamma(alpha, 1): Marsaglia, Tsang, "A simple method for generating
/// gamma variables", 2000, for alpha + 1, times U^(1/alpha). The logarithm, because that power of
/// small alphas is below all doubles.
double log_gamma_draw(double alpha, sla::RandomStream& random) {
  const double d = alpha + 1 - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal(random);
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = positive_uniform(random);
    if (std::log(u) >= x * x / 2 + d - d * v + d * std::log(v)) continue;
    return std::log(d * v) + std::log(positive_uniform(random)) / alpha;
  }
}

}  // namespace

double symmetric_beta(double alpha, sla::RandomStream& random) {
  const double first = log_gamma_draw(alpha, random);
  const double second = log_gamma_draw(alpha, random);
  return 1 / (1 + std::exp(second - first));
}

}  // namespace mixing
