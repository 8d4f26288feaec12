#include <sla/cross_entropy.h>
#include <sla/joint_labels.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/plugin.h>

namespace {

/// The SLA loss + CE(head2_N(x), y) + T^2 KL(stop(softmax(agg/T)) || softmax(head2_N(x)/T)):
/// distils the aggregated prediction into a second head that sees only the untransformed image
/// (SLA+SD of Lee, Hwang, Shin, ICML 2020). The KL is a mean over the batch.
class SelfDistillation final : public sla::Objective {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "temperature",
             .default_value = 1.0,
             .help = "distillation temperature T",
             .minimum = 1e-3},
            {.name = "sum_over_transformations",
             .default_value = false,
             .help = "multiply the joint part of the loss by M"},
            sla::CrossEntropy::parameter()};
  }

  SelfDistillation(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model,
                   sla::Host&)
      : transformations_(task.transformations),
        cross_entropy_(parameters),
        temperature_(parameters.number("temperature")),
        joint_weight_(parameters.flag("sum_over_transformations")
                          ? static_cast<double>(task.transformations)
                          : 1.0),
        joint_head_(register_module("0", model.make_head(task.classes * task.transformations))),
        distilled_head_(register_module("1", model.make_head(task.classes))) {}

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase&) override {
    const auto& labels = embedding.batch.labels;
    const auto joint_logits = joint_head_->forward(embedding.features);
    const auto joint =
        cross_entropy_(joint_logits, sla::joint_labels(labels, transformations_)) * joint_weight_;

    const auto teacher = sla::aggregated_logits(joint_logits, transformations_);
    const auto student = distilled_head_->forward(sla::identity_rows(embedding, transformations_));
    const auto student_class = cross_entropy_(student, labels);
    const auto distillation = sla::distillation_loss(teacher, student, temperature_);

    return {{"joint", joint}, {"class", student_class}, {"distillation", distillation}};
  }

  std::vector<sla::Prediction> predictions() const override {
    return {{"distilled", sla::Views::identity},
            {"aggregated", sla::Views::all},
            {"single", sla::Views::identity}};
  }

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override {
    if (name == "aggregated") {
      return sla::aggregated_logits(row_logits(embedding), transformations_);
    }
    const auto identity = sla::identity_rows(embedding, transformations_);
    if (name == "single") {
      return sla::single_logits(joint_head_->forward(identity), transformations_);
    }
    return distilled_head_->forward(identity);
  }

  at::Tensor row_logits(const sla::Embedding& embedding) override {
    return joint_head_->forward(embedding.features);
  }

 private:
  int64_t transformations_;
  sla::CrossEntropy cross_entropy_;
  double temperature_;
  double joint_weight_;
  std::shared_ptr<sla::Head> joint_head_;
  std::shared_ptr<sla::Head> distilled_head_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<SelfDistillation>(
                        "sla_sd", "SLA with self-distillation into a single-inference head"))
