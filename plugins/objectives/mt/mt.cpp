#include <sla/cross_entropy.h>
#include <sla/joint_labels.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/plugin.h>

#include <ATen/TensorOperators.h>

namespace {

/// mean_j [ CE(head_N(t_j x), y) + CE(head_M(t_j x), j) ]: one head predicts the class, another
/// the transformation (multi-task self-supervision, the comparison of Lee, Hwang, Shin, ICML
/// 2020).
class MultiTask final : public sla::Objective {
 public:
  static std::vector<sla::Parameter> parameters() { return {sla::CrossEntropy::parameter()}; }

  MultiTask(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model, sla::Host&)
      : transformations_(task.transformations),
        cross_entropy_(parameters),
        class_head_(register_module("0", model.make_head(task.classes))),
        transformation_head_(register_module("1", model.make_head(task.transformations))) {}

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase&) override {
    const auto& labels = embedding.batch.labels;
    const auto class_loss = cross_entropy_(class_head_->forward(embedding.features),
                                           sla::repeat_labels(labels, transformations_));
    const auto transformation_loss =
        cross_entropy_(transformation_head_->forward(embedding.features),
                       sla::transformation_labels(labels, transformations_));
    return {{"class", class_loss}, {"transformation", transformation_loss}};
  }

  std::vector<sla::Prediction> predictions() const override {
    return {{"aggregated", sla::Views::all}, {"single", sla::Views::identity}};
  }

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override {
    if (name == "single") {
      return class_head_->forward(sla::identity_rows(embedding, transformations_));
    }
    return class_head_->forward(embedding.features).unflatten(0, {-1, transformations_}).mean(1);
  }

  /// The heads are independent: log p(i, j) = log p(i) + log p(j).
  at::Tensor row_logits(const sla::Embedding& embedding) override {
    const auto classes = class_head_->forward(embedding.features).log_softmax(1);
    const auto transformations = transformation_head_->forward(embedding.features).log_softmax(1);
    return (classes.unsqueeze(2) + transformations.unsqueeze(1)).flatten(1);
  }

 private:
  int64_t transformations_;
  sla::CrossEntropy cross_entropy_;
  std::shared_ptr<sla::Head> class_head_;
  std::shared_ptr<sla::Head> transformation_head_;
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<MultiTask>("mt", "One head for the class, one for the transformation"))
