#pragma once

#include <sla/objective.h>

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace host::training {

/// Figures by name: "accuracy", or with what they belong to in front, "aggregated.accuracy".
using Figures = std::map<std::string, double>;

/// Classes that are scored apart, by name.
using ClassGroups = std::map<std::string, std::vector<int64_t>>;

/// Adds up what one prediction scores, batch by batch. Adding never waits for the device.
class Score {
 public:
  Score(int64_t classes, at::Device device);
  Score(const Score&) = delete;
  Score& operator=(const Score&) = delete;
  Score(Score&&) = default;

  /// Logits [T, K] and their right answers.
  void add(const at::Tensor& logits, const sla::Targets& targets);

  /// `accuracy` and `top5_accuracy` in percent, `loss` as mean cross-entropy. Where the answers are
  /// the dataset's classes also `balanced_accuracy`, the mean over classes of each class's
  /// accuracy, and `GROUP_accuracy`, the same of a group. Where they belong to trials,
  /// `accuracy_ci95` is half the width of the accuracy's 95 % confidence interval, 1.96 times the
  /// trials' sample standard deviation (divisor n - 1) by the root of their number n. Nothing was
  /// added: empty.
  Figures figures(const ClassGroups& groups) const;

  /// [N, N] int64 on the CPU: row the right class, column the predicted one; undefined where the
  /// answers are not the dataset's classes.
  at::Tensor confusion() const;

 private:
  at::Tensor sums_;  // hits, hits among the first five, cross-entropies
  int64_t count_ = 0;
  at::Tensor confusion_;
  bool by_class_ = false;
  std::vector<at::Tensor> trial_accuracies_;  // of each batch, one number a trial
};

/// Percent of each class's images that are predicted right, out of a confusion matrix; NaN for a
/// class without images.
std::vector<double> class_accuracies(const at::Tensor& confusion);

}  // namespace host::training
