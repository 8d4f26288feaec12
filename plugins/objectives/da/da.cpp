#include <sla/cross_entropy.h>
#include <sla/joint_labels.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/plugin.h>

namespace {

/// mean_j CE(head_N(t_j x), y): every transformed image keeps its class (plain data augmentation,
/// the comparison of Lee, Hwang, Shin, ICML 2020).
class DataAugmentation final : public sla::Objective {
 public:
  static std::vector<sla::Parameter> parameters() { return {sla::CrossEntropy::parameter()}; }

  DataAugmentation(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model,
                   sla::Host&)
      : transformations_(task.transformations),
        cross_entropy_(parameters),
        head_(register_module("0", model.make_head(task.classes))) {}

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase&) override {
    const auto labels = sla::repeat_labels(embedding.batch.labels, transformations_);
    return {cross_entropy_(head_->forward(embedding.features), labels)};
  }

  std::vector<sla::Prediction> predictions() const override {
    return {{"aggregated", sla::Views::all}, {"single", sla::Views::identity}};
  }

  at::Tensor predict(std::string_view name, const sla::Embedding& embedding) override {
    if (name == "single") return head_->forward(sla::identity_rows(embedding, transformations_));
    return row_logits(embedding).unflatten(0, {-1, transformations_}).mean(1);
  }

  at::Tensor row_logits(const sla::Embedding& embedding) override {
    return head_->forward(embedding.features);
  }

 private:
  int64_t transformations_;
  sla::CrossEntropy cross_entropy_;
  std::shared_ptr<sla::Head> head_;
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<DataAugmentation>("da", "Every transformed image keeps its class"))
