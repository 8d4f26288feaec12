#pragma once

#include <sla/objective.h>

#include <ATen/core/Tensor.h>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/evaluation/observer.h"

namespace host::evaluation {

/// What an evaluation shows beyond its metrics: the calibration of each prediction, the class
/// predicted for each image, and, per transformation, whether the class or the transformation is
/// misclassified. Adding never waits for the device.
class Analysis final : public Observer {
 public:
  Analysis(const assembly::Assembly& assembly, const std::vector<sla::Prediction>& predictions);

  void observe(int64_t /*number*/, const std::vector<at::Tensor>& logits,
               const sla::Targets& targets, const sla::Embedding& embedding) override;

  /// Logits [T, K] of prediction `number` and their targets.
  void add(size_t number, const at::Tensor& logits, const sla::Targets& targets);

  /// The objective's row_logits() for an embedding of all views. Failures are logged and skipped.
  void add_rows(const sla::Embedding& embedding);

  /// Of prediction `number`: {"error": ..., "bins": [[confidence, accuracy, count], ...]}, in
  /// percent, over 15 equal-width bins of confidence; the error is the expected calibration error,
  /// the count-weighted mean of |confidence - accuracy| (Naeini et al., AAAI 2015).
  nlohmann::json calibration(size_t number) const;

  /// {"names", "accuracy", "joint", "confusion"} in the report's format; null if the objective
  /// returns no row logits.
  nlohmann::json transformations() const;

  /// The first prediction's class for each image, in scoring order: [T] int64 on the CPU.
  at::Tensor first_answers() const;

 private:
  void add_joint(const at::Tensor& logits, const at::Tensor& labels);

  std::shared_ptr<const assembly::Network> network_;
  int64_t classes_;                      // N
  int64_t count_;                        // M
  std::vector<std::string> names_;       // of the transformations
  std::vector<at::Tensor> bins_;         // of each prediction [15, 3]: images, confidence, hits
  std::vector<at::Tensor> answers_;      // of the first prediction
  at::Tensor row_hits_;                  // [M]: rows whose class is right, given the transformation
  at::Tensor joint_outcomes_;            // [4]: 2 * (wrong class) + (wrong transformation)
  at::Tensor transformation_confusion_;  // [M, M]
  int64_t images_ = 0;                   // that add_rows() saw
  bool rows_failed_ = false;
};

}  // namespace host::evaluation
