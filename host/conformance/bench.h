#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <sla/model.h>
#include <sla/objective.h>

#include <cstdint>
#include <memory>

namespace host::conformance {

/// An objective, with a batch and free features for it instead of a model's.
struct Bench {
  /// The size D of a feature.
  static constexpr int64_t kFeatures = 16;

  std::shared_ptr<sla::Model> model;
  std::shared_ptr<sla::Objective> objective;
  sla::Batch batch;
  /// [B*M, D]: those of all views, which need a gradient.
  at::Tensor all_rows;
  int64_t transformations;

  sla::Embedding embedding(sla::Views views) const {
    if (views == sla::Views::all) return {all_rows, views, batch};
    return {all_rows.view({-1, transformations, kFeatures}).select(1, 0), views, batch};
  }

  sla::Loss loss(const sla::Progress& progress) const {
    return objective->loss(embedding(objective->training_views()), progress);
  }

  at::Tensor predict(const sla::Prediction& prediction, sla::Views views) const {
    const at::NoGradGuard no_grad;
    return objective->predict(prediction.name, embedding(views));
  }
};

}  // namespace host::conformance
