#include "host/training/validation.h"

#include <algorithm>

#include "host/data/samplers.h"

namespace host::training {

namespace {

constexpr const char* kSample = "training_sample";

/// How many training images are scored: none if the validation split is empty, or if its episodes
/// have other classes.
int64_t sample_size(const assembly::Assembly& assembly) {
  const auto& dataset = assembly.dataset;
  if (assembly.scores_trials(sla::Split::validation)) return 0;
  return std::min({assembly.experiment.training.training_sample,
                   dataset.size(sla::Split::validation), dataset.size(sla::Split::train)});
}

}  // namespace

Validation::Validation(const assembly::Assembly& assembly, const Selection& selection,
                       const std::vector<sla::Prediction>& predictions)
    : assembly_(assembly), predictions_(predictions) {
  for (const sla::Split split : selection.splits()) {
    scored_.push_back(evaluation::whole_split(assembly, split));
  }
  const int64_t count = sample_size(assembly);
  if (count == 0) return;
  const auto sampler = std::make_shared<data::SampleSampler>(
      assembly.dataset.size(sla::Split::train), count, assembly.experiment.evaluation.batch_size,
      assembly.random(kSample));
  scored_.push_back({sla::Split::train, sampler, kSample});
}

std::optional<evaluation::Metrics> Validation::operator()() const {
  evaluation::Metrics metrics;
  for (const auto& scored : scored_) {
    const auto evaluation = evaluation::evaluate(assembly_, scored, predictions_);
    if (!evaluation) return std::nullopt;
    metrics.merge(evaluation::prefixed(scored.name, evaluation->metrics));
  }
  return metrics;
}

}  // namespace host::training
