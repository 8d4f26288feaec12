#include "few_shot.h"

#include <sla/joint_labels.h>

#include <algorithm>

#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/ones.h>

#include "heads.h"

namespace few_shot {

namespace {

/// Each query's class number within its episode: [E*way*query].
at::Tensor query_labels(const sla::EpisodeLayout& layout, const at::Tensor& like) {
  return at::arange(layout.way, like.options().dtype(at::kLong))
      .repeat_interleave(layout.query)
      .repeat(layout.episodes);
}

/// The number of classes that have training images; of the dataset `episodes`, the first.
int64_t trained_classes(const sla::Task& task) {
  return std::count_if(task.class_counts.begin(), task.class_counts.end(),
                       [](int64_t count) { return count > 0; });
}

}  // namespace

std::vector<sla::Prediction> FewShot::predictions() const {
  if (transformations_ == 1) return {{"single", sla::Views::identity}};
  return {{"aggregated", sla::Views::all}, {"single", sla::Views::identity}};
}

at::Tensor FewShot::predict(std::string_view name, const sla::Embedding& embedding) {
  const auto& layout = sla::EpisodeLayout::of(embedding.batch);
  if (name == "aggregated") {
    const auto logits = joint_logits(embedding.features, layout, transformations_);
    return sla::aggregated_logits(logits, transformations_);
  }
  return joint_logits(sla::identity_rows(embedding, transformations_), layout,
                      /*transformations=*/1);
}

sla::Targets FewShot::targets(const sla::Batch& batch) const {
  const auto& layout = sla::EpisodeLayout::of(batch);
  return {query_labels(layout, batch.labels), /*trials=*/layout.episodes};
}

at::Tensor FewShot::joint_logits(const at::Tensor& features, const sla::EpisodeLayout& layout,
                                 int64_t transformations) const {
  // [E, way, shot + query, M, D]
  const auto rows =
      features.view({layout.episodes, layout.way, layout.shot + layout.query, transformations, -1});
  const auto support = rows.narrow(/*dim=*/2, 0, layout.shot)
                           .transpose(2, 3)
                           .flatten(1, 2);  // [E, way*M, shot, D], class c*M + j
  const auto query =
      rows.narrow(/*dim=*/2, layout.shot, layout.query).flatten(1, 3);  // [E, way*query*M, D]
  return class_logits(support, query).flatten(0, 1);
}

std::vector<sla::Parameter> EpisodicFewShot::parameters() {
  return {{.name = "label_smoothing",
           .default_value = 0.0,
           .help = "label smoothing: share spread evenly over the other classes",
           .minimum = 0,
           .maximum = 0.5}};
}

EpisodicFewShot::EpisodicFewShot(const sla::Parameters& parameters, const sla::Task& task)
    : FewShot(task),
      label_smoothing_(parameters.number("label_smoothing")),
      scale_(register_parameter("scale", at::ones({}))) {}

sla::Loss EpisodicFewShot::loss(const sla::Embedding& embedding, const sla::Phase&) {
  const auto& layout = sla::EpisodeLayout::of(embedding.batch);
  const auto logits = joint_logits(embedding.features, layout, transformations_) * scale_;
  const auto labels =
      sla::joint_labels(query_labels(layout, embedding.batch.labels), transformations_);
  // LibTorch spreads its share over all classes, including the true one.
  const auto classes = static_cast<double>(logits.size(1));
  return {at::cross_entropy_loss(logits, labels, /*weight=*/{}, at::Reduction::Mean,
                                 /*ignore_index=*/-100,
                                 label_smoothing_ * classes / (classes - 1))};
}

at::Tensor EpisodicFewShot::predict(std::string_view name, const sla::Embedding& embedding) {
  return FewShot::predict(name, embedding) * scale_;
}

PretrainedFewShot::PretrainedFewShot(const sla::Parameters& parameters, const sla::Task& task,
                                     sla::Model& model, sla::Host&)
    : FewShot(task),
      cross_entropy_(parameters),
      head_(register_module("0", model.make_head(trained_classes(task) * task.transformations))) {}

sla::Loss PretrainedFewShot::loss(const sla::Embedding& embedding, const sla::Phase&) {
  const auto targets = sla::joint_labels(embedding.batch.labels, transformations_);
  return {cross_entropy_(head_->forward(embedding.features), targets)};
}

at::Tensor PretrainedFewShot::class_logits(const at::Tensor& support,
                                           const at::Tensor& query) const {
  return prototype_logits(support, query);
}

}  // namespace few_shot
