#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/evaluation/observer.h"

namespace host::evaluation {

/// What an evaluation scored, in scoring order, on the CPU.
struct ScoredLogits {
  /// [T, K] of each prediction.
  std::map<std::string, at::Tensor> logits = {};
  /// The targets of all predictions.
  sla::Targets targets = {};
  /// What the images are called, if the dataset says so and each has a target; else empty.
  std::vector<std::string> names = {};
  /// If they have no names: a digest of the images. Equal for the same images in the same order.
  std::string images_sha256 = {};
};

/// Records the logits of an evaluation.
class LogitsRecorder final : public Observer {
 public:
  /// Of these predictions.
  explicit LogitsRecorder(const std::vector<sla::Prediction>& predictions);

  void observe(int64_t /*number*/, const std::vector<at::Tensor>& logits,
               const sla::Targets& targets, const sla::Embedding& embedding) override;

  /// All of them; at least one batch was observed.
  ScoredLogits recorded() const;

 private:
  std::vector<std::string> predictions_;
  std::vector<std::vector<at::Tensor>> logits_;  // of each prediction, by batch
  std::vector<at::Tensor> labels_;
  std::vector<at::Tensor> names_;  // packed
  std::string digests_;            // of the batches without names
  int64_t trials_ = 0;
};

}  // namespace host::evaluation
