#include "host/prediction/temperature.h"

#include <cmath>

namespace host::prediction {

double fitted_temperature(const at::Tensor& logits, const at::Tensor& labels) {
  const at::Tensor exact = logits.to(at::kDouble);
  // The cross-entropy is convex in 1/T: bisect the sign of its derivative, the
  // mean over images of (expected logit - true logit), over the logarithm of
  // 1/T.
  const at::Tensor truth = exact.gather(1, labels.unsqueeze(1)).squeeze(1);
  const auto slope = [&](double inverse) {
    const at::Tensor expected = ((exact * inverse).softmax(1) * exact).sum(1);
    return (expected - truth).mean().item<double>();
  };
  constexpr double kLargest = 100;
  constexpr int kSteps = 60;
  double low = -std::log(kLargest);
  double high = std::log(kLargest);
  for (int step = 0; step < kSteps; ++step) {
    const double middle = (low + high) / 2;
    (slope(std::exp(middle)) < 0 ? low : high) = middle;
  }
  return std::exp(-(low + high) / 2);
}

}  // namespace host::prediction
