#include "classification_loss.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>

#include "class_weights.h"

namespace imbalanced {

namespace {

constexpr double kLeastDoubt = 1e-12;

/// Each figure `times` times, one after another.
at::Tensor repeated(const std::vector<double>& figures, int64_t times) {
  return at::tensor(figures, at::kDouble).repeat_interleave(times);
}

}  // namespace

std::vector<sla::Parameter> ClassificationLoss::parameters() {
  return {{.name = "loss",
           .default_value = "cross_entropy",
           .help = "what a wrong score costs",
           .choices = {"cross_entropy", "focal", "ldam"}},
          {.name = "head",
           .default_value = "auto",
           .help = "cosine: normalised features and weights; auto: cosine for ldam, else linear",
           .choices = {"auto", "linear", "cosine"}},
          {.name = "class_weights",
           .default_value = "none",
           .help = "class_balanced: (1 - beta) / (1 - beta^n) for a class of n images",
           .choices = {"none", "class_balanced"}},
          {.name = "weights_from_epoch",
           .default_value = 0.0,
           .help = "epochs before the class weights come into force (DRW: 160 of 200)",
           .minimum = 0},
          {.name = "beta",
           .default_value = 0.9999,
           .help = "of the class-balanced weights",
           .minimum = 0,
           .maximum = 0.9999999},
          {.name = "focal_gamma",
           .default_value = 1.0,
           .help = "how much focal loss spares what is right already",
           .minimum = 0},
          {.name = "max_margin",
           .default_value = 0.5,
           .help = "LDAM's margin of the rarest class",
           .minimum = 0},
          {.name = "scale",
           .default_value = 30.0,
           .help = "LDAM's factor s of the scores",
           .minimum = 1e-3}};
}

ClassificationLoss::ClassificationLoss(const sla::Parameters& parameters,
                                       const std::vector<int64_t>& counts, int64_t labels_per_class)
    : name_(parameters.text("loss")),
      focal_gamma_(parameters.number("focal_gamma")),
      scale_(name_ == "ldam" ? parameters.number("scale") : 1.0),
      class_balanced_(parameters.text("class_weights") == "class_balanced"),
      weights_from_epoch_(parameters.number("weights_from_epoch")),
      margins_(register_buffer(
          "margins",
          repeated(ldam_margins(counts, parameters.number("max_margin")), labels_per_class))),
      weights_(register_buffer(
          "weights",
          repeated(class_balanced_weights(counts, parameters.number("beta")), labels_per_class))) {}

at::Tensor ClassificationLoss::forward(const at::Tensor& scores, const at::Tensor& labels,
                                       const sla::Progress& progress) const {
  at::Tensor hindered = scores;
  if (name_ == "ldam") {
    const at::Tensor margins = margins_.index_select(0, labels).unsqueeze(1);
    hindered = scores.scatter_add(/*dim=*/1, labels.unsqueeze(1), -margins);
  }
  at::Tensor losses =
      at::cross_entropy_loss(logits(hindered), labels, /*weight=*/{}, at::Reduction::None);
  if (name_ == "focal") {
    // (1 - p)^gamma; never 0, where a gamma below 1 has no gradient.
    losses = losses * (-(-losses).expm1()).clamp_min(kLeastDoubt).pow(focal_gamma_);
  }
  if (!weighted(progress)) return losses.mean();
  const at::Tensor weights = weights_.index_select(0, labels);
  return (losses * weights).sum() / weights.sum();
}

std::vector<std::pair<std::string, at::Tensor>> ClassificationLoss::schedule(
    const sla::Progress& progress) const {
  if (!class_balanced_) return {};
  return {{"class_weights", at::scalar_tensor(weighted(progress) ? 1.0 : 0.0, at::kDouble)}};
}

at::Tensor ClassificationLoss::logits(const at::Tensor& scores) const { return scores * scale_; }

bool ClassificationLoss::weighted(const sla::Progress& progress) const {
  const auto begin = weights_from_epoch_ * static_cast<double>(progress.iterations_per_epoch);
  return class_balanced_ && static_cast<double>(progress.iteration) >= begin;
}

}  // namespace imbalanced
