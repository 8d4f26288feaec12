#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sla/batch.h"

namespace sla {

/// What there is to learn, known before training.
struct Task {
  /// Number of classes N.
  int64_t classes = 0;
  /// Number of transformations M; 1 without a transformation.
  int64_t transformations = 1;
  /// Training images of each class, N of them.
  std::vector<int64_t> class_counts = {};
};

/// Which rows a computation needs: only the identity of each image (B rows), or all M
/// transformations of it (B*M rows, row b*M + j is transformation j of image b).
enum class Views { identity, all };

/// A batch after the model.
struct Embedding {
  /// [B, D] or [B*M, D] as `views` says; float32, or float64 where the experiment trains in it.
  at::Tensor features;
  /// Which rows they are of.
  Views views = Views::identity;
  /// Labels and annotations; its images are not kept.
  const Batch& batch;
};

/// Where training stands.
struct Progress {
  /// The iteration that is running, from 0.
  int64_t iteration = 0;
  /// Iterations of the whole run.
  int64_t total_iterations = 0;
  /// Iterations that make one epoch.
  int64_t iterations_per_epoch = 1;
};

/// The loss of a batch.
struct Loss {
  /// Scalar that is minimised, attached to the graph.
  at::Tensor total;
  /// Named scalars that it is made of, for the log; may be empty.
  std::vector<std::pair<std::string, at::Tensor>> parts = {};
};

/// The right answers to a prediction.
struct Targets {
  /// [T] int64, one for each row of the logits.
  at::Tensor labels;
  /// 0: the labels are the dataset's classes. Else how many trials (few-shot episodes) the batch
  /// holds, equally long and one after another; each relabels its classes for itself. The accuracy
  /// is then the mean over trials, with its confidence interval.
  int64_t trials = 0;
};

/// One way of predicting that an objective offers.
struct Prediction {
  /// Name in metrics and in `select`, such as "single" or "aggregated".
  std::string name;
  /// The rows that it looks at.
  Views views = Views::identity;
};

/// Heads, loss and predictions of a way of training. A torch module, constructed with
/// `(const Parameters&, const Task&, Model&, Host&)`: it registers its heads (made by
/// Model::make_head or its own) as "0", "1", ...; they are trained and saved under `classifiers.`.
/// The model outlives it. Everything that must survive a resumed run belongs in a buffer.
/// Called from the training thread only; never waits for the device.
class Objective : public torch::nn::Module {
 public:
  /// The rows that loss() needs.
  virtual Views training_views() const { return Views::all; }

  /// The loss of a training batch; `embedding.views` is training_views().
  virtual Loss loss(const Embedding& embedding, const Progress& progress) = 0;

  /// The predictions on offer, at least one; the first is the one reported first.
  virtual std::vector<Prediction> predictions() const = 0;

  /// Logits [T, K] of prediction `name`, in evaluation mode and without gradients;
  /// `embedding.views` is at least what the prediction looks at.
  virtual at::Tensor predict(std::string_view name, const Embedding& embedding) = 0;

  /// The right answers to predict(): the labels, unless the objective predicts only some rows or
  /// relabels them.
  virtual Targets targets(const Batch& batch) const { return {batch.labels}; }
};

}  // namespace sla
