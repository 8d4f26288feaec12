#pragma once

#include <sla/objective.h>

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/distributed/group.h"

namespace host::evaluation {

/// Metrics by name, such as "accuracy", or with a prefix, such as "aggregated.accuracy".
using Metrics = std::map<std::string, double>;

/// Groups of classes that are scored separately, by name.
using ClassGroups = std::map<std::string, std::vector<int64_t>>;

/// Accumulates the scores of one prediction, batch by batch. Adding never waits for the device. The
/// metrics do not depend on which process has scored which batch: sums are kept by batch.
class Score {
 public:
  /// For an evaluation of `batches` batches.
  Score(int64_t classes, int64_t batches, at::Device device);
  Score(const Score&) = delete;
  Score& operator=(const Score&) = delete;
  Score(Score&&) = default;

  /// Logits [T, K] of batch `number` and their targets.
  void add(int64_t number, const at::Tensor& logits, const sla::Targets& targets);

  /// Adds the batches that the other processes have scored. Throws LostProcess.
  void combine(const distributed::Group& group);

  /// `accuracy` and `top5_accuracy` in percent, `loss` as mean cross-entropy. If the targets are
  /// the dataset's classes, also `balanced_accuracy`, the mean of the per-class accuracies, and
  /// `GROUP_accuracy`, the same over a group's classes. If they belong to trials, also
  /// `accuracy_ci95`, the half-width of the accuracy's 95 % confidence interval: 1.96 s / sqrt(n),
  /// with s the sample standard deviation (divisor n - 1) over the n trials. Empty if nothing was
  /// added.
  Metrics metrics(const ClassGroups& groups) const;

  /// [N, N] int64 on the CPU: rows are true classes, columns predicted ones; undefined if the
  /// targets are not the dataset's classes.
  at::Tensor confusion() const;

 private:
  at::Tensor sums_;  // [batches, 3]: top-1 hits, top-5 hits, cross-entropies
  int64_t count_ = 0;
  at::Tensor confusion_;
  bool by_class_ = false;
  std::map<int64_t, at::Tensor> trial_accuracies_;  // of each batch, one number per trial
};

/// The accuracy of each class in percent, from a confusion matrix; NaN for a class without
/// images.
std::vector<double> class_accuracies(const at::Tensor& confusion);

}  // namespace host::evaluation
