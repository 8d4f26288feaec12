#include "host/evaluation/logits.h"

#include <sla/digest.h>
#include <sla/image_names.h>

#include <cstddef>
#include <span>

#include <ATen/ops/cat.h>

namespace host::evaluation {

namespace {

std::string digest_of(const at::Tensor& tensor) {
  const at::Tensor bytes = tensor.cpu().contiguous();
  return sla::digest(sla::Digest::sha256,
                     std::span(static_cast<const std::byte*>(bytes.data_ptr()), bytes.nbytes()));
}

}  // namespace

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
  if (names != embedding.batch.annotations.end()) {
    names_.push_back(names->second);
  } else {
    // One by one: how many are scored at a time says nothing about them.
    for (const at::Tensor& image : embedding.batch.images.unbind()) digests_ += digest_of(image);
  }
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
  all.images_sha256 = sla::digest(sla::Digest::sha256, std::as_bytes(std::span(digests_)));
  return all;
}

}  // namespace host::evaluation
