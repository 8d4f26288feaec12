#pragma once

#include <sla/objective.h>

namespace tests {

/// Features as an embedding of `batch`, which it references.
inline sla::Embedding embedding_of(const at::Tensor& features, sla::Views views,
                                   const sla::Batch& batch) {
  return {.features = features, .views = views, .batch = batch};
}

/// The phase of an objective at an iteration of a run.
inline sla::Phase phase_at(const sla::Objective& objective, int64_t iteration,
                           int64_t iterations_per_epoch = 1) {
  sla::Phase running;
  for (const auto& phase : objective.phases({1'000'000, iterations_per_epoch})) {
    if (phase.begin <= iteration) running = phase;
  }
  return running;
}

}  // namespace tests
