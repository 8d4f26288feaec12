#include "host/plugin/objective.h"

#include <utility>

#include "host/plugin/network_contracts.h"

namespace host::plugin {

Objective::Objective(Made<sla::Objective> made, const sla::Task& task)
    : Handle(std::move(made)),
      classes_(task.classes),
      transformations_(task.transformations),
      needs_(call("needs", [](const auto& object) { return object.needs(); })),
      accepts_mixed_labels_(call("accepts_mixed_labels",
                                 [](const auto& object) { return object.accepts_mixed_labels(); })),
      predictions_(call("predictions", [](const auto& object) { return object.predictions(); })) {
  check_needs(needs_, origin());
  check_predictions(predictions_, origin());
}

template <typename Function>
auto Objective::reading(std::string_view name, const sla::Embedding& embedding,
                        Function&& function) const {
  const auto features = features_->remember(embedding.features);
  const auto labels = labels_->remember(embedding.batch.labels);
  auto result = call(name, std::forward<Function>(function));
  features_->check(features, "the features", name, origin());
  labels_->check(labels, "the labels", name, origin());
  return result;
}

std::vector<sla::Phase> Objective::phases(const sla::TrainingLength& length) const {
  auto phases = call("phases", [&](const auto& object) { return object.phases(length); });
  check_phases(phases, origin());
  return phases;
}

sla::Loss Objective::loss(const sla::Embedding& embedding, const sla::Phase& phase) const {
  auto loss =
      reading("loss", embedding, [&](auto& object) { return object.loss(embedding, phase); });
  check_loss(loss, origin());
  return loss;
}

sla::Targets Objective::targets(const sla::Batch& batch) const {
  const auto labels = labels_->remember(batch.labels);
  auto targets = call("targets", [&](const auto& object) { return object.targets(batch); });
  labels_->check(labels, "the labels", "targets", origin());
  check_targets(targets, origin());
  return targets;
}

at::Tensor Objective::predict(std::string_view name, const sla::Embedding& embedding,
                              const sla::Targets& targets) const {
  auto logits =
      reading("predict", embedding, [&](auto& object) { return object.predict(name, embedding); });
  check_logits(logits, targets, classes_, origin());
  return logits;
}

at::Tensor Objective::row_logits(const sla::Embedding& embedding) const {
  auto logits = call("row_logits", [&](auto& object) { return object.row_logits(embedding); });
  const int64_t rows = embedding.batch.labels.size(0) * transformations_;
  check_row_logits(logits, rows, classes_, transformations_, origin());
  return logits;
}

}  // namespace host::plugin
