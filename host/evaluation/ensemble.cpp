#include "host/evaluation/ensemble.h"

#include <cmath>

#include <ATen/ops/logaddexp.h>

#include "host/assembly/task_record.h"
#include "host/base/errors.h"

namespace host::evaluation {

namespace {

/// The components of a dataset, the outermost first: "long_tail of cifar100".
std::string components_of(const plugin::Dataset& dataset) {
  const std::string& own = dataset.origin().component;
  return dataset.source() ? own + " of " + components_of(*dataset.source()) : own;
}

std::string transformations_of(const experiment::Experiment& experiment) {
  std::string text;
  for (const auto& table : experiment.transformations) {
    text += (text.empty() ? "" : "; ") + experiment::to_toml(table.table);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

void Ensemble::require_same(const std::string& source, const assembly::Assembly& assembly,
                            const ScoredLogits& scored) const {
  const auto refuse = [&](const std::string& what, const std::string& advice) {
    throw ExperimentError(source + " and " + sources_.front() +
                          " cannot form an ensemble: " + what + "; " + advice);
  };
  const std::string dataset = components_of(assembly.dataset);
  if (dataset != dataset_) {
    refuse("their datasets are " + dataset + " and " + dataset_, "name runs of one dataset");
  }
  assembly::require_classes(assembly.task, class_names_, source);
  const std::string transformations = transformations_of(assembly.experiment);
  if (transformations != transformations_) {
    refuse("their transformations differ:\n" + transformations + "\n" + transformations_,
           "name runs with the same transformations");
  }
  if (!scored.targets.labels.equal(sums_.targets.labels) || scored.names != sums_.names ||
      scored.images_sha256 != sums_.images_sha256) {
    refuse("they are scored on different images",
           "name runs with the same splits and, if few-shot, the same test episodes");
  }
}

void Ensemble::add(const std::string& source, const assembly::Assembly& assembly,
                   const ScoredLogits& scored) {
  if (sources_.empty()) {
    class_names_ = assembly.task.class_names;
    dataset_ = components_of(assembly.dataset);
    transformations_ = transformations_of(assembly.experiment);
    groups_ = assembly.dataset.class_groups();
    sums_ = {
        .targets = scored.targets, .names = scored.names, .images_sha256 = scored.images_sha256};
  } else {
    require_same(source, assembly, scored);
  }
  std::map<std::string, at::Tensor> sums;
  for (const auto& [prediction, logits] : scored.logits) {
    const at::Tensor own = logits.to(at::kDouble).log_softmax(1);
    const auto others = sums_.logits.find(prediction);
    if (sources_.empty()) sums[prediction] = own;
    if (others != sums_.logits.end()) sums[prediction] = at::logaddexp(others->second, own);
  }
  if (sums.empty()) {
    throw ExperimentError(source + " offers none of the predictions of " + sources_.front() +
                          "; name runs of objectives that share one");
  }
  sums_.logits = std::move(sums);
  sources_.push_back(source);
}

ScoredLogits Ensemble::scored() const {
  ScoredLogits mean = sums_;
  const double members = std::log(static_cast<double>(sources_.size()));
  for (auto& [prediction, logits] : mean.logits) logits = logits - members;
  return mean;
}

Evaluation Ensemble::evaluation() const {
  Evaluation evaluation;
  for (const auto& [prediction, logits] : scored().logits) {
    Score score(std::ssize(class_names_), /*batches=*/1, at::kCPU);
    score.add(0, logits, sums_.targets);
    evaluation.metrics.merge(prefixed(prediction, score.metrics(groups_)));
    const at::Tensor confusion = score.confusion();
    if (confusion.defined()) evaluation.confusion[prediction] = confusion;
  }
  return evaluation;
}

}  // namespace host::evaluation
