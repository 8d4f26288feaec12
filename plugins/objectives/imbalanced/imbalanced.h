#pragma once

#include <sla/head.h>
#include <sla/host.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/parameters.h>

#include <memory>

#include "classification_loss.h"

namespace imbalanced {

/// A loss for imbalanced classes over the N*M joint labels of SLA (Lee, Hwang, Shin, ICML 2020);
/// without transformations (M = 1) these are the classes themselves.
class Imbalanced : public sla::Objective {
 public:
  static std::vector<sla::Parameter> parameters() { return ClassificationLoss::parameters(); }

  Imbalanced(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model,
             sla::Host& host);

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase& phase) override;

  std::vector<sla::Phase> phases(const sla::TrainingLength& length) const override {
    return joint_loss_->phases(length);
  }

  std::vector<sla::Prediction> predictions() const override;

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override;

  at::Tensor row_logits(const sla::Embedding& embedding) override;

 protected:
  int64_t transformations_;
  std::shared_ptr<sla::Head> joint_head_;
  std::shared_ptr<ClassificationLoss> joint_loss_;
};

/// The same, with the aggregated prediction distilled into a second head that sees only the
/// untransformed image (SLA+SD); that head has the same kind of loss, over N classes.
class ImbalancedDistilled final : public Imbalanced {
 public:
  static std::vector<sla::Parameter> parameters();

  ImbalancedDistilled(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model,
                      sla::Host& host);

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase& phase) override;

  std::vector<sla::Prediction> predictions() const override;

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override;

 private:
  double temperature_;
  std::shared_ptr<sla::Head> distilled_head_;
  std::shared_ptr<ClassificationLoss> class_loss_;
};

}  // namespace imbalanced
