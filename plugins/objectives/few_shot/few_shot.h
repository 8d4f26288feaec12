#pragma once

#include <sla/cross_entropy.h>
#include <sla/episode.h>
#include <sla/head.h>
#include <sla/host.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/parameters.h>

#include <memory>

namespace few_shot {

/// Classifies the queries of few-shot episodes from their supports. With SLA, each (class,
/// transformation) is a class of its own, way*M in all, and the aggregated prediction averages over
/// the transformations (Lee, Hwang, Shin, ICML 2020); without transformations (M = 1) these are the
/// classes themselves. Reads the batch's sla::EpisodeLayout.
class FewShot : public sla::Objective {
 public:
  explicit FewShot(const sla::Task& task) : transformations_(task.transformations) {}

  /// "single" classifies with the untransformed supports only.
  std::vector<sla::Prediction> predictions() const override;

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override;

  /// Each query's class within its episode.
  sla::Targets targets(const sla::Batch& batch) const override;

  /// Episodes relabel their classes, so a mixture of two images has no label in them.
  bool accepts_mixed_labels() const override { return false; }

 protected:
  /// Logits [E, Q, C] of a head fitted to the supports; see heads.h.
  virtual at::Tensor class_logits(const at::Tensor& support, const at::Tensor& query) const = 0;

  /// Logits of each query under each transformation, for all (class, transformation) pairs:
  /// [E*way*query*M, way*M]. `features` [images*M, D] of a batch with this layout; M = 1 for the
  /// untransformed images alone.
  at::Tensor joint_logits(const at::Tensor& features, const sla::EpisodeLayout& layout,
                          int64_t transformations) const;

  int64_t transformations_;
};

/// Episodic training: cross-entropy of the queries' joint labels, with a learnable scale of the
/// logits that starts at 1 (MetaOptNet, Lee et al., CVPR 2019).
class EpisodicFewShot : public FewShot {
 public:
  static std::vector<sla::Parameter> parameters();

  EpisodicFewShot(const sla::Parameters& parameters, const sla::Task& task);

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase& phase) override;

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override;

 private:
  double label_smoothing_;
  at::Tensor scale_;
};

/// Pre-training as an ordinary classifier of the training classes (with SLA, of their joint
/// labels); episodes are then scored by nearest prototype.
class PretrainedFewShot final : public FewShot {
 public:
  static std::vector<sla::Parameter> parameters() { return {sla::CrossEntropy::parameter()}; }

  PretrainedFewShot(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model,
                    sla::Host& host);

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase& phase) override;

 private:
  at::Tensor class_logits(const at::Tensor& support, const at::Tensor& query) const override;

  sla::CrossEntropy cross_entropy_;
  std::shared_ptr<sla::Head> head_;
};

}  // namespace few_shot
