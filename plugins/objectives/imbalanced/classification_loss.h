#pragma once

#include <sla/objective.h>
#include <sla/parameters.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace imbalanced {

/// The loss of scores against labels that are unequally frequent: cross-entropy, focal (Lin et al.,
/// ICCV 2017) or LDAM (Cao et al., NeurIPS 2019, equation 12), class-balanced or not, from some
/// epoch on (deferred re-weighting, DRW). A joint label (y, j) has the count of its class y. What
/// depends on the counts is in buffers: `margins` and `weights`, one for each label.
class ClassificationLoss final : public torch::nn::Module {
 public:
  /// The parameters that an objective with this loss has, those of its heads among them.
  static std::vector<sla::Parameter> parameters();

  /// `counts` of the classes; each class has `labels_per_class` labels, one after another.
  ClassificationLoss(const sla::Parameters& parameters, const std::vector<int64_t>& counts,
                     int64_t labels_per_class);

  /// The loss of scores [R, labels] against labels [R]: the mean over the rows, weighted by the
  /// labels' weights where these are in force.
  at::Tensor forward(const at::Tensor& scores, const at::Tensor& labels,
                     const sla::Progress& progress) const;

  /// For the log: "class_weights", 1 while the weights are in force and 0 before; empty where there
  /// are none.
  std::vector<std::pair<std::string, at::Tensor>> schedule(const sla::Progress& progress) const;

  /// What a head's scores are as logits: for LDAM s times the scores.
  at::Tensor logits(const at::Tensor& scores) const;

 private:
  bool weighted(const sla::Progress& progress) const;

  std::string name_;
  double focal_gamma_;
  double scale_;
  bool class_balanced_;
  double weights_from_epoch_;
  at::Tensor margins_;
  at::Tensor weights_;
};

}  // namespace imbalanced
