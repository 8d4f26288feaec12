// Distils a finished run into a smaller model: the run's main prediction gives soft targets (Hinton
// et al., 2015), its last feature map a hint (Romero et al., "FitNets", ICLR
// 2015).
#include <sla/draft/frozen_network.h>
#include <sla/error.h>
#include <sla/host.h>
#include <sla/joint_labels.h>
#include <sla/plugin.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mse_loss.h>

namespace {

class Distillation final : public sla::Objective {
 public:
  static std::vector<sla::Parameter> parameters() {
    return {
        {.name = "teacher",
         .default_value = "",
         .help = "directory of a finished run",
         .required = true,
         .is_path = true},
        {.name = "temperature", .default_value = 4.0, .help = "of the softmaxes", .minimum = 1e-3},
        {.name = "hint",
         .default_value = 0.1,
         .help = "weight of the feature map's loss",
         .minimum = 0}};
  }

  Distillation(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model,
               sla::Host& host)
      : transformations_(task.transformations),
        temperature_(parameters.number("temperature")),
        hint_(parameters.number("hint")),
        teacher_(host.frozen_network(parameters.text("teacher"))),
        head_(register_module("0", model.make_head(task.classes))) {
    if (teacher_->stage_channels().empty() || model.stage_channels().empty()) {
      throw sla::Error("teacher and model must both offer feature maps; choose another model");
    }
    const int64_t channels = teacher_->stage_channels().back();
    projection_ = register_parameter(
        "projection", at::empty({channels, model.stage_channels().back(), 1, 1}).normal_(0, 0.1));
  }

  sla::Needs needs() const override {
    return {.views = sla::Views::identity, .feature_maps = true};
  }

  sla::Loss loss(const sla::Embedding& embedding, const sla::Phase&) override {
    const auto logits = head_->forward(embedding.features);
    const auto targets = teacher_->predict(teacher_->predictions().front().name, embedding.batch);
    const auto taught = teacher_->staged_features(embedding.batch.images).maps.back();
    const auto map = at::adaptive_avg_pool2d(embedding.feature_maps.back().to(logits.scalar_type()),
                                             taught.sizes().slice(2));
    const auto hint = at::mse_loss(at::conv2d(map, projection_), taught.to(map.scalar_type()));
    return {{"class", at::cross_entropy_loss(logits, embedding.batch.labels)},
            {"distillation",
             sla::distillation_loss(targets.to(logits.scalar_type()), logits, temperature_)},
            {"hint", hint * hint_}};
  }

  std::vector<sla::Prediction> predictions() const override { return {{"single"}}; }

  at::Tensor predict(std::string_view, const sla::Embedding& embedding) override {
    return head_->forward(sla::identity_rows(embedding, transformations_));
  }

 private:
  int64_t transformations_;
  double temperature_;
  double hint_;
  std::shared_ptr<sla::FrozenNetwork> teacher_;
  std::shared_ptr<sla::Head> head_;
  at::Tensor projection_;
};

}  // namespace

SLA_PLUGIN("1.0.0",
           sla::component<Distillation>("distillation", "Distils logits and a feature map"))
