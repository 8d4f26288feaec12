#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sla/batch.h"
#include "sla/embedding.h"
#include "sla/loss.h"
#include "sla/phase.h"
#include "sla/task.h"

namespace sla {

/// What an objective needs from the host, constant throughout a run.
struct Needs {
  /// The rows that loss() uses.
  Views views = Views::all;
  /// The number K of independently augmented copies of each training image: the batch holds B*K
  /// images, copy k of image b in row b*K + k. At least 1.
  int64_t copies = 1;
  /// Whether loss() and predict() use the feature maps of the model's stages. The host rejects this
  /// if the model offers none.
  bool feature_maps = false;
};

/// The targets of a prediction.
struct Targets {
  /// [T] int64, one per row of the logits.
  at::Tensor labels;
  /// 0: the labels are the dataset's classes. Else the number of trials (few-shot episodes) in the
  /// batch, consecutive and of equal length, each with its own labelling of classes. The accuracy
  /// is then the mean over trials, with a confidence interval.
  int64_t trials = 0;
};

/// A kind of prediction that an objective offers.
struct Prediction {
  /// Its name in metrics and in `select`, such as "single" or "aggregated": unique, not empty,
  /// without a dot.
  std::string name;
  /// The rows that it uses.
  Views views = Views::identity;
};

/// The heads, loss and predictions of a training method. A torch module, constructed with
/// `(const Parameters&, const Task&, Model&, Host&)`: it registers its heads (made by
/// Model::make_head or its own) as "0", "1", ...; they are trained, and saved under `classifiers.`.
/// The model outlives it. State that must survive resuming belongs in a buffer. Must not edit an
/// embedding or its batch: the next call sees it. Called from the training thread only; must never
/// wait for the device.
class Objective : public torch::nn::Module {
 public:
  /// What loss() needs. Called once.
  virtual Needs needs() const { return {}; }

  /// The phases of a run of this length, in order; the first one begins at 0. Called once.
  virtual std::vector<Phase> phases(const TrainingLength& length) const {
    (void)length;
    return {{"training", 0}};
  }

  /// The loss of a training batch; `embedding.views` is needs().views, and `phase` is the current
  /// one of phases(). Called twice for a batch with mixed labels, once with each set of labels.
  virtual Loss loss(const Embedding& embedding, const Phase& phase) = 0;

  /// Whether loss() is meaningful for images that are mixtures of two classes.
  virtual bool accepts_mixed_labels() const { return true; }

  /// The available predictions, at least one; the first one is what
  /// the method is for: it selects the best checkpoint unless the experiment says otherwise. Called
  /// once.
  virtual std::vector<Prediction> predictions() const = 0;

  /// Logits of prediction `name` for the targets, in evaluation mode and without gradients: [T, N],
  /// or with trials [T, K] for any K that covers the labels. `embedding.views` covers at least the
  /// prediction's views.
  virtual at::Tensor predict(std::string_view name, const Embedding& embedding) = 0;

  /// The targets of predict(): the labels, unless the objective predicts only some rows or
  /// relabels them.
  virtual Targets targets(const Batch& batch) const { return {batch.labels}; }

  /// The logits of each transformed image on its own, for reports that separate class errors from
  /// transformation errors: joint logits [B*M, N*M], column i*M + j for class i and transformation
  /// j, or class logits [B*M, N] if the objective does not predict the transformation. Undefined:
  /// there are no such logits. Called in evaluation mode, without gradients, with an embedding of
  /// all views.
  virtual at::Tensor row_logits(const Embedding& embedding) {
    (void)embedding;
    return {};
  }
};

}  // namespace sla
