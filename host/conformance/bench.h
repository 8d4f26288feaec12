#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <sla/model.h>
#include <sla/objective.h>

#include <cstdint>
#include <memory>

#include "host/conformance/subject.h"

namespace host::conformance {

/// An objective and a batch for it, with free features instead of a model's.
struct Bench {
  /// The feature size D.
  static constexpr int64_t kFeatures = 16;

  std::shared_ptr<sla::Model> model;
  std::shared_ptr<sla::Objective> objective;
  sla::Batch batch;
  /// Features of all views, [B*M, D], with requires_grad.
  at::Tensor all_rows;
  /// The input of a model, and its only stage's feature map.
  at::Tensor inputs;
  at::Tensor maps;
  int64_t transformations;

  sla::Embedding embedding(sla::Views views) const {
    const auto rows = [&](const at::Tensor& all) {
      if (views == sla::Views::all || !all.defined()) return all;
      return all.unflatten(0, {-1, transformations}).select(1, 0);
    };
    sla::Embedding made{.features = rows(all_rows),
                        .inputs = rows(inputs),
                        .views = views,
                        .copies = objective->needs().copies,
                        .batch = batch};
    if (objective->needs().feature_maps) made.feature_maps = {rows(maps)};
    return made;
  }

  /// Keeps the first `images` alone, which are no episode any more.
  void keep(int64_t images);

  sla::Loss loss(const sla::Phase& phase) const {
    return objective->loss(embedding(objective->needs().views), phase);
  }

  at::Tensor predict(const sla::Prediction& prediction, sla::Views views) const {
    const at::NoGradGuard no_grad;
    return objective->predict(prediction.name, embedding(views));
  }
};

/// A new objective of the subject, for a model's features and Subject::kClasses classes.
std::shared_ptr<sla::Objective> objective_of(Subject& subject, const sla::Parameters& parameters,
                                             sla::Model& model, int64_t transformations,
                                             int64_t seed);

/// The same with a batch; only the objective depends on the seed.
Bench bench_of(Subject& subject, int64_t transformations, at::ScalarType dtype, int64_t seed);

}  // namespace host::conformance
