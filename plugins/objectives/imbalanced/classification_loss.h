#pragma once

#include <sla/cross_entropy.h>
#include <sla/loss.h>
#include <sla/parameters.h>
#include <sla/phase.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <string>
#include <vector>

namespace imbalanced {

/// A loss for imbalanced classes: cross-entropy, focal (Lin et al., ICCV 2017) or LDAM (Cao et al.,
/// NeurIPS 2019, equation 12), optionally class-balanced, from the start or from a later epoch
/// (deferred re-weighting, DRW). A joint label (y, j) has the count of its class y. What depends on
/// the counts is in the buffers `margins` and `weights`, one value per label.
class ClassificationLoss final : public torch::nn::Module {
 public:
  /// The parameters of an objective with this loss, including those of its heads.
  static std::vector<sla::Parameter> parameters();

  /// The names of those that these leave without effect, although they are not at their defaults.
  static std::vector<std::string> unused(const sla::Parameters& given);

  /// `counts` per class; each class has `labels_per_class` consecutive labels. Throws sla::Error
  /// for a focal loss with smoothed labels, which is not defined.
  ClassificationLoss(const sla::Parameters& parameters, const std::vector<int64_t>& counts,
                     int64_t labels_per_class);

  /// One phase, or two if the class weights start to apply during the run.
  std::vector<sla::Phase> phases(const sla::TrainingLength& length) const;

  /// The loss of scores [R, labels] against labels [R], as a term named after the phase: the mean
  /// over the rows, weighted by the labels' weights in that phase.
  sla::LossTerm forward(const std::string& name, const at::Tensor& scores, const at::Tensor& labels,
                        const sla::Phase& phase) const;

  /// Converts a head's scores to logits: for LDAM, s times the scores.
  at::Tensor logits(const at::Tensor& scores) const;

 private:
  std::string name_;
  sla::CrossEntropy cross_entropy_;
  double focal_gamma_;
  double scale_;
  bool class_balanced_;
  double weights_from_epoch_;
  at::Tensor margins_;
  at::Tensor weights_;
};

}  // namespace imbalanced
