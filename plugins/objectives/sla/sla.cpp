#include <sla/cross_entropy.h>
#include <sla/joint_labels.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/plugin.h>

namespace {

/// mean over b, j of CE(z_bj, y*M + j): one head over the N*M joint labels (SLA of Lee, Hwang,
/// Shin, ICML 2020).
class LabelAugmentation final : public sla::Objective {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {{.name = "sum_over_transformations",
             .default_value = false,
             .help = "multiply the loss by M, as in the paper for large datasets"},
            sla::CrossEntropy::parameter()};
  }

  LabelAugmentation(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model,
                    sla::Host&)
      : transformations_(task.transformations),
        cross_entropy_(parameters),
        weight_(parameters.flag("sum_over_transformations")
                    ? static_cast<double>(task.transformations)
                    : 1.0),
        joint_head_(register_module("0", model.make_head(task.classes * task.transformations))) {}

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase&) override {
    const auto targets = sla::joint_labels(embedding.batch.labels, transformations_);
    return {cross_entropy_(joint_head_->forward(embedding.features), targets) * weight_};
  }

  std::vector<sla::Prediction> predictions() const override {
    return {{"aggregated", sla::Views::all}, {"single", sla::Views::identity}};
  }

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override {
    if (name == "single") {
      const auto identity = sla::identity_rows(embedding, transformations_);
      return sla::single_logits(joint_head_->forward(identity), transformations_);
    }
    return sla::aggregated_logits(row_logits(embedding), transformations_);
  }

  at::Tensor row_logits(const sla::Embedding& embedding) override {
    return joint_head_->forward(embedding.features);
  }

 private:
  int64_t transformations_;
  sla::CrossEntropy cross_entropy_;
  double weight_;
  std::shared_ptr<sla::Head> joint_head_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<LabelAugmentation>(
                        "sla", "Self-supervised label augmentation: N*M joint labels"))
