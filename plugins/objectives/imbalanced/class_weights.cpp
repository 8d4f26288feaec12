#include "class_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace imbalanced {

namespace {

/// Applies `figure` to each count; 0 for classes without images.
template <typename Figure>
std::vector<double> of_counts(const std::vector<int64_t>& counts, Figure&& figure) {
  std::vector<double> figures;
  figures.reserve(counts.size());
  for (const int64_t count : counts) {
    figures.push_back(count == 0 ? 0.0 : figure(static_cast<double>(count)));
  }
  return figures;
}

void scale(std::vector<double>& figures, double factor) {
  for (double& figure : figures) figure *= factor;
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
