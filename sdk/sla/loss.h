#pragma once

#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace sla {

/// One term of a loss: a mean and its weight.
struct LossTerm {
  /// Its name in log and metrics, unique; a single term may have none: only the total is logged.
  std::string name;
  /// 0-dimensional, attached to the autograd graph, on the training device.
  at::Tensor mean;
  /// 0-dimensional, without gradient: the sum of weights that `mean` was divided by. Parts of a
  /// batch combine exactly as sum(weight * mean) / sum(weight). Undefined: a plain mean over the
  /// batch's images (or over an equal number of rows each); its weight is the number of images.
  at::Tensor weight = {};
};

/// The loss of a batch. Training minimises the sum of its terms. A batch may be cut into parts, in
/// several processes, whose losses the host combines: names and number of terms and logged values
/// must not depend on the images.
///
///     return at::cross_entropy_loss(logits, labels);
///     return {{"class", class_loss}, {"distillation", distillation}};
struct Loss {
  /// One mean over the batch's images, or with the given `weight`.
  Loss(at::Tensor mean, at::Tensor weight = {});  // NOLINT: a mean is a loss
  /// Several terms, each with its own weight.
  Loss(std::initializer_list<LossTerm> summands) : terms(summands) {}

  /// The sum of the terms' means.
  at::Tensor total() const;

  /// At least one term.
  std::vector<LossTerm> terms;
  /// Named scalars that are only logged, such as an auxiliary head's accuracy; on any device,
  /// read when a log line is due. With mixed labels, those of the first labels. Refused: the
  /// host's names loss, loss.TERM, learning_rate, images_per_second, skipped_iterations, seconds.*.
  std::map<std::string, at::Tensor> logged = {};
};

}  // namespace sla
