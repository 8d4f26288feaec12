#include <sla/cross_entropy.h>
#include <sla/joint_labels.h>
#include <sla/model.h>
#include <sla/objective.h>
#include <sla/plugin.h>

namespace {

/// CE(head_N(x), y): ordinary classification of the untransformed image.
class Baseline final : public sla::Objective {
 public:
  static std::vector<sla::Parameter> parameters() { return {sla::CrossEntropy::parameter()}; }

  Baseline(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model, sla::Host&)
      : transformations_(task.transformations),
        cross_entropy_(parameters),
        head_(register_module("0", model.make_head(task.classes))) {}

  sla::Needs needs() const override { return {.views = sla::Views::identity}; }

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase&) override {
    return {cross_entropy_(head_->forward(embedding.features), embedding.batch.labels)};
  }

  std::vector<sla::Prediction> predictions() const override {
    return {{"single", sla::Views::identity}};
  }

  at::Tensor predict(std::string_view, const sla::Embedding& embedding) override {
    return head_->forward(sla::identity_rows(embedding, transformations_));
  }

 private:
  int64_t transformations_;
  sla::CrossEntropy cross_entropy_;
  std::shared_ptr<sla::Head> head_;
};

}  // namespace

SLA_PLUGIN("1.0.0", sla::component<Baseline>("baseline", "Cross-entropy on untransformed images"))
