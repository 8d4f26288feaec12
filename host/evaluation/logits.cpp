#include "host/evaluation/logits.h"

#include <sla/image_names.h>

#include <ATen/ops/cat.h>

namespace host::evaluation {

LogitsRecorder::LogitsRecorder(const std::vector<sla::Prediction>& predictions)
    : logits_(predictions.size()) {
  for (const auto& prediction : predictions) predictions_.push_back(prediction.name);
}

void LogitsRecorder::observe(int64_t /*number*/, const std::vector<at::Tensor>& logits,
                             const sla::Targets& targets, const sla::Embedding& embedding) {
  for (size_t i = 0; i < logits.size(); ++i) logits_[i].push_back(logits[i]);
  labels_.push_back(targets.labels);
  trials_ += targets.trials;
  const auto names = embedding.batch.annotations.find(sla::kImageNames);
  if (names != embedding.batch.annotations.end()) names_.push_back(names->second);
}

ScoredLogits LogitsRecorder::recorded() const {
  ScoredLogits all{.targets = {at::cat(labels_).cpu(), trials_}};
  for (size_t i = 0; i < predictions_.size(); ++i) {
    all.logits[predictions_[i]] = at::cat(logits_[i]).cpu();
  }
  for (const at::Tensor& packed : names_) {
    const auto some = sla::unpack_names(packed.cpu());
    all.names.insert(all.names.end(), some.begin(), some.end());
  }
  if (std::ssize(all.names) != all.targets.labels.numel()) all.names.clear();
  return all;
}

}  // namespace host::evaluation
