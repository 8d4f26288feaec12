#include "imbalanced.h"

#include <sla/joint_labels.h>
#include <sla/plugin.h>

#include <utility>

#include "cosine_head.h"

namespace imbalanced {

namespace {

std::shared_ptr<sla::Head> make_head(const sla::Parameters& parameters, sla::Model& model,
                                     int64_t outputs) {
  const std::string& head = parameters.text("head");
  const bool cosine = head == "cosine" || (head == "auto" && parameters.text("loss") == "ldam");
  if (cosine) return std::make_shared<CosineHead>(model.feature_size(), outputs);
  return model.make_head(outputs);
}

}  // namespace

Imbalanced::Imbalanced(const sla::Parameters& parameters, const sla::Task& task, sla::Model& model,
                       sla::Host& host)
    : transformations_(task.transformations),
      joint_head_(
          register_module("0", make_head(parameters, model, task.classes * task.transformations))),
      joint_loss_(
          register_module("joint_loss", std::make_shared<ClassificationLoss>(
                                            parameters, task.class_counts, task.transformations))) {
  for (const std::string& name : ClassificationLoss::unused(parameters)) {
    host.log(sla::LogLevel::warning, name + " has no effect with these loss and class_weights");
  }
}

sla::Loss Imbalanced::loss(const sla::Embedding& embedding, const sla::Phase& phase) {
  const auto labels = sla::joint_labels(embedding.batch.labels, transformations_);
  return {joint_loss_->forward("", joint_head_->forward(embedding.features), labels, phase)};
}

std::vector<sla::Prediction> Imbalanced::predictions() const {
  if (transformations_ == 1) return {{"single", sla::Views::identity}};
  return {{"aggregated", sla::Views::all}, {"single", sla::Views::identity}};
}

at::Tensor Imbalanced::predict(std::string_view name, const sla::Embedding& embedding) {
  if (name == "aggregated") return sla::aggregated_logits(row_logits(embedding), transformations_);
  const auto identity = sla::identity_rows(embedding, transformations_);
  return sla::single_logits(joint_loss_->logits(joint_head_->forward(identity)), transformations_);
}

at::Tensor Imbalanced::row_logits(const sla::Embedding& embedding) {
  return joint_loss_->logits(joint_head_->forward(embedding.features));
}

std::vector<sla::Parameter> ImbalancedDistilled::parameters() {
  auto all = Imbalanced::parameters();
  all.push_back({.name = "temperature",
                 .default_value = 1.0,
                 .help = "distillation temperature T",
                 .minimum = 1e-3});
  return all;
}

ImbalancedDistilled::ImbalancedDistilled(const sla::Parameters& parameters, const sla::Task& task,
                                         sla::Model& model, sla::Host& host)
    : Imbalanced(parameters, task, model, host),
      temperature_(parameters.number("temperature")),
      distilled_head_(register_module("1", make_head(parameters, model, task.classes))),
      class_loss_(register_module(
          "class_loss", std::make_shared<ClassificationLoss>(parameters, task.class_counts,
                                                             /*labels_per_class=*/1))) {}

sla::Loss ImbalancedDistilled::loss(const sla::Embedding& embedding, const sla::Phase& phase) {
  const auto& labels = embedding.batch.labels;
  const auto joint_scores = joint_head_->forward(embedding.features);
  auto joint = joint_loss_->forward("joint", joint_scores,
                                    sla::joint_labels(labels, transformations_), phase);

  const auto scores = distilled_head_->forward(sla::identity_rows(embedding, transformations_));
  auto student_class = class_loss_->forward("class", scores, labels, phase);
  const auto teacher = sla::aggregated_logits(joint_loss_->logits(joint_scores), transformations_);
  const auto distillation =
      sla::distillation_loss(teacher, class_loss_->logits(scores), temperature_);
  return {std::move(joint), std::move(student_class), {"distillation", distillation}};
}

std::vector<sla::Prediction> ImbalancedDistilled::predictions() const {
  auto all = Imbalanced::predictions();
  all.insert(all.begin(), {"distilled", sla::Views::identity});
  return all;
}

at::Tensor ImbalancedDistilled::predict(std::string_view name, const sla::Embedding& embedding) {
  if (name != "distilled") return Imbalanced::predict(name, embedding);
  const auto identity = sla::identity_rows(embedding, transformations_);
  return class_loss_->logits(distilled_head_->forward(identity));
}

}  // namespace imbalanced

SLA_PLUGIN("1.0.0",
           sla::component<imbalanced::Imbalanced>(
               "imbalanced",
               "Cross-entropy, focal or LDAM loss, class-balanced or not, over "
               "classes or joint labels"),
           sla::component<imbalanced::ImbalancedDistilled>(
               "imbalanced_sd", "The same, with self-distillation into a single-inference head"))
