#pragma once

#include <sla/objective.h>

#include <ATen/core/Tensor.h>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <vector>

#include "host/training/assembly.h"

namespace host::training {

/// What an evaluation shows beyond its figures: how far a prediction's confidence can be trusted,
/// which images it takes for what, and for each transformation by itself, whether class or
/// transformation is mistaken. Adding never waits for the device.
class Analysis {
 public:
  Analysis(const Assembly& assembly, const std::vector<sla::Prediction>& predictions);

  /// Logits [T, K] of prediction `number` and their right answers.
  void add(size_t number, const at::Tensor& logits, const sla::Targets& targets);

  /// An embedding of all views, on whose rows an objective that is a sla::RowPredictor has its say;
  /// where it fails, that is told, and the analysis goes on without.
  void add_rows(const sla::Embedding& embedding);

  /// Of prediction `number`: {"error": ..., "bins": [[confidence, accuracy, count], ...]}, in
  /// percent, over 15 equal bins of the confidence; the error is the mean distance of the two,
  /// weighted by the counts (expected calibration error, Naeini et al., AAAI 2015).
  nlohmann::json calibration(size_t number) const;

  /// {"names", "accuracy", "joint", "confusion"} as the report takes them; null where the objective
  /// says nothing of single rows.
  nlohmann::json transformations() const;

  /// The classes that the first prediction gives the images, in their order: [T] int64 on the CPU.
  at::Tensor first_answers() const;

 private:
  at::Tensor row_logits(const sla::Embedding& embedding) const;
  void add_joint(const at::Tensor& logits, const at::Tensor& labels);

  const Assembly& assembly_;
  int64_t count_;                        // M
  std::vector<at::Tensor> bins_;         // of each prediction [15, 3]: images, confidence, hits
  std::vector<at::Tensor> answers_;      // of the first prediction
  at::Tensor row_hits_;                  // [M]: rows whose class is right, given the transformation
  at::Tensor joint_outcomes_;            // [4]: 2 * (wrong class) + (wrong transformation)
  at::Tensor transformation_confusion_;  // [M, M]
  int64_t images_ = 0;                   // that add_rows() saw
  bool rows_failed_ = false;
};

}  // namespace host::training
