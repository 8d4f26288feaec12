#pragma once

#include <sla/objective.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "host/plugin/handle.h"
#include "host/plugin/unchanged.h"

namespace host::plugin {

/// An experiment's objective. Queries everything constant once, at construction. Every function
/// throws PluginError.
class Objective final : public Handle<sla::Objective> {
 public:
  /// `task` is the task that the objective was constructed for.
  Objective(Made<sla::Objective> made, const sla::Task& task);

  const sla::Needs& needs() const { return needs_; }
  bool accepts_mixed_labels() const { return accepts_mixed_labels_; }
  const std::vector<sla::Prediction>& predictions() const { return predictions_; }

  std::vector<sla::Phase> phases(const sla::TrainingLength& length) const;
  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase& phase) const;
  sla::Targets targets(const sla::Batch& batch) const;
  /// Logits for these targets.
  at::Tensor predict(std::string_view name, const sla::Embedding& embedding,
                     const sla::Targets& targets) const;
  /// Undefined if the objective returns no row logits.
  at::Tensor row_logits(const sla::Embedding& embedding) const;

 private:
  /// Calls a function that may only read the embedding: what it edits, the next prediction, or the
  /// loss for the other labels of mixed images, would see.
  template <typename Function>
  auto reading(std::string_view name, const sla::Embedding& embedding, Function&& function) const;

  int64_t classes_;
  int64_t transformations_;
  sla::Needs needs_;
  bool accepts_mixed_labels_;
  std::vector<sla::Prediction> predictions_;
  std::shared_ptr<Unchanged> features_ = std::make_shared<Unchanged>();
  std::shared_ptr<Unchanged> labels_ = std::make_shared<Unchanged>();
};

}  // namespace host::plugin
