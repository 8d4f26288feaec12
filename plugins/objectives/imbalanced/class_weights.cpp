#include "class_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace imbalanced {

namespace {

/// Applies `weight` to each count; 0 for classes without images.
template <typename Weight>
std::vector<double> of_counts(const std::vector<int64_t>& counts, Weight&& weight) {
  std::vector<double> weights;
  weights.reserve(counts.size());
  for (const int64_t count : counts) {
    weights.push_back(count == 0 ? 0.0 : weight(static_cast<double>(count)));
  }
  return weights;
}

void scale(std::vector<double>& weights, double factor) {
  for (double& weight : weights) weight *= factor;
}

}  // namespace

std::vector<double> class_balanced_weights(const std::vector<int64_t>& counts, double beta) {
  auto weights = of_counts(counts, [&](double n) { return (1 - beta) / (1 - std::pow(beta, n)); });
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  scale(weights, static_cast<double>(weights.size()) / sum);
  return weights;
}

std::vector<double> ldam_margins(const std::vector<int64_t>& counts, double maximum) {
  auto margins = of_counts(counts, [](double n) { return std::pow(n, -0.25); });
  scale(margins, maximum / *std::max_element(margins.begin(), margins.end()));
  return margins;
}

}  // namespace imbalanced
