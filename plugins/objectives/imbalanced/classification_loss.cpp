#include "classification_loss.h"

#include <sla/error.h>

#include <cmath>
#include <map>
#include <variant>

#include <ATen/ops/tensor.h>

#include "class_weights.h"

namespace imbalanced {

namespace {

constexpr double kLeastDoubt = 1e-12;

// Names of the phases.
const std::string kUnweighted = "unweighted";
const std::string kWeighted = "class-weighted";

/// Repeats each value `times` times, one after another.
at::Tensor repeated(const std::vector<double>& values, int64_t times) {
  return at::tensor(values, at::kDouble).repeat_interleave(times);
}

}  // namespace

std::vector<sla::Parameter> ClassificationLoss::parameters() {
  return {{.name = "loss",
           .default_value = "cross_entropy",
           .help = "loss function",
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
           .help = "epochs before the class weights apply (DRW: 160 of 200)",
           .minimum = 0},
          {.name = "beta",
           .default_value = 0.9999,
           .help = "beta of the class-balanced weights",
           .minimum = 0,
           .maximum = 0.9999999},
          {.name = "focal_gamma",
           .default_value = 1.0,
           .help = "gamma of the focal loss: down-weights easy images",
           .minimum = 0},
          {.name = "max_margin",
           .default_value = 0.5,
           .help = "LDAM: margin of the rarest class",
           .minimum = 0},
          {.name = "scale",
           .default_value = 30.0,
           .help = "LDAM: scale s of the scores",
           .minimum = 1e-3},
          sla::CrossEntropy::parameter()};
}

std::vector<std::string> ClassificationLoss::unused(const sla::Parameters& given) {
  const std::string& loss = given.text("loss");
  const bool is_weighted = given.text("class_weights") != "none";
  const std::map<std::string, bool> counts{{"weights_from_epoch", is_weighted},
                                           {"beta", is_weighted},
                                           {"focal_gamma", loss == "focal"},
                                           {"max_margin", loss == "ldam"},
                                           {"scale", loss == "ldam"}};
  std::vector<std::string> unused;
  for (const auto& parameter : parameters()) {
    const auto found = counts.find(parameter.name);
    if (found == counts.end() || found->second) continue;
    if (given.number(parameter.name) != std::get<double>(parameter.default_value)) {
      unused.push_back(parameter.name);
    }
  }
  return unused;
}

ClassificationLoss::ClassificationLoss(const sla::Parameters& parameters,
                                       const std::vector<int64_t>& counts, int64_t labels_per_class)
    : name_(parameters.text("loss")),
      cross_entropy_(parameters),
      focal_gamma_(parameters.number("focal_gamma")),
      scale_(name_ == "ldam" ? parameters.number("scale") : 1.0),
      class_balanced_(parameters.text("class_weights") == "class_balanced"),
      weights_from_epoch_(parameters.number("weights_from_epoch")),
      margins_(register_buffer(
          "margins",
          repeated(ldam_margins(counts, parameters.number("max_margin")), labels_per_class))),
      weights_(register_buffer(
          "weights",
          repeated(class_balanced_weights(counts, parameters.number("beta")), labels_per_class))) {
  if (name_ == "focal" && parameters.number("label_smoothing") > 0) {
    throw sla::Error("the focal loss has no smoothed labels; set label_smoothing = 0");
  }
}

std::vector<sla::Phase> ClassificationLoss::phases(const sla::TrainingLength& length) const {
  if (!class_balanced_) return {{kUnweighted, 0}};
  // Rounded, because 0.55 epochs of 100 iterations are 55.00000000000001.
  const auto begin = static_cast<int64_t>(
      std::round(weights_from_epoch_ * static_cast<double>(length.iterations_per_epoch)));
  if (begin == 0) return {{kWeighted, 0}};
  return {{kUnweighted, 0}, {kWeighted, begin}};
}

sla::LossTerm ClassificationLoss::forward(const std::string& name, const at::Tensor& scores,
                                          const at::Tensor& labels, const sla::Phase& phase) const {
  at::Tensor lowered = scores;
  if (name_ == "ldam") {
    const at::Tensor margins = margins_.index_select(0, labels).unsqueeze(1);
    lowered = scores.scatter_add(/*dim=*/1, labels.unsqueeze(1), -margins);
  }
  at::Tensor losses = cross_entropy_.of_rows(logits(lowered), labels);
  if (name_ == "focal") {
    // (1 - p)^gamma; never 0, as a gamma below 1 has no gradient there.
    losses = losses * (-(-losses).expm1()).clamp_min(kLeastDoubt).pow(focal_gamma_);
  }
  if (phase.name != kWeighted) return {name, losses.mean()};
  const at::Tensor weights = weights_.index_select(0, labels);
  const at::Tensor weight = weights.sum();
  return {name, (losses * weights).sum() / weight, weight};
}

at::Tensor ClassificationLoss::logits(const at::Tensor& scores) const { return scores * scale_; }

}  // namespace imbalanced
