// Supervised contrastive learning (Khosla et al., NeurIPS 2020, equation 2) over the joint labels
// of self-supervised label augmentation, on two augmented copies of each image, with a jointly
// trained linear classifier.
#include <sla/joint_labels.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/plugin.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/eye.h>

namespace {

class Contrastive final : public sla::Objective {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "temperature",
             .default_value = 0.1,
             .help = "temperature of the similarities",
             .minimum = 1e-3}};
  }

  Contrastive(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model,
              sla::Host&)
      : transformations_(task.transformations),
        temperature_(parameters.number("temperature")),
        head_(register_module("0", model.make_head(task.classes * task.transformations))),
        projection_(register_module("1", model.make_head(64))) {}

  sla::Needs needs() const override { return {.copies = 2}; }

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase&) override {
    const auto joint = sla::joint_labels(embedding.batch.labels, transformations_);
    const auto projected = projection_->forward(embedding.features);
    const auto unit = projected / projected.norm(2, 1, true).clamp_min(1e-12);
    const auto itself = at::eye(unit.size(0), unit.options());
    // Excludes the similarity of a row with itself.
    const auto similarity = unit.matmul(unit.t()) / temperature_ - itself * 1e9;
    const auto positive = joint.unsqueeze(0).eq(joint.unsqueeze(1)).to(unit.scalar_type()) - itself;
    const auto log_probability = similarity.log_softmax(1);
    const auto contrast = -((log_probability * positive).sum(1) / positive.sum(1)).mean();
    const auto logits = head_->forward(embedding.features.detach());
    return {{"contrast", contrast}, {"class", at::cross_entropy_loss(logits, joint)}};
  }

  std::vector<sla::Prediction> predictions() const override {
    return {{"aggregated", sla::Views::all}, {"single", sla::Views::identity}};
  }

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override {
    if (name == "aggregated")
      return sla::aggregated_logits(row_logits(embedding), transformations_);
    const auto identity = sla::identity_rows(embedding, transformations_);
    return sla::single_logits(head_->forward(identity), transformations_);
  }

  at::Tensor row_logits(const sla::Embedding& embedding) override {
    return head_->forward(embedding.features);
  }

 private:
  int64_t transformations_;
  double temperature_;
  std::shared_ptr<sla::Head> head_;
  std::shared_ptr<sla::Head> projection_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Contrastive>("contrastive",
                                                "Supervised contrastive loss of joint labels"))
