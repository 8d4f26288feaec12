#include "host/evaluation/score.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>

namespace host::evaluation {

namespace {

constexpr double kNormalQuantile = 1.96;  // two-sided 95 % interval

/// The mean accuracy of `classes`, ignoring NaN; NaN if all are.
double mean_of(const std::vector<double>& accuracies, const std::vector<int64_t>& classes) {
  double sum = 0;
  int64_t count = 0;
  for (const int64_t c : classes) {
    const double accuracy = accuracies.at(static_cast<size_t>(c));
    if (std::isnan(accuracy)) continue;
    sum += accuracy;
    ++count;
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

}  // namespace

Score::Score(int64_t classes, at::Device device)
    : sums_(at::zeros({3}, at::TensorOptions(device).dtype(at::kDouble))),
      confusion_(at::zeros({classes, classes}, at::TensorOptions(device).dtype(at::kLong))) {}

void Score::add(const at::Tensor& logits, const sla::Targets& targets) {
  const at::Tensor& labels = targets.labels;
  const int64_t considered = std::min<int64_t>(5, logits.size(1));
  const at::Tensor first = std::get<1>(logits.topk(considered, /*dim=*/1));
  const at::Tensor hits = first.eq(labels.unsqueeze(1)).to(at::kDouble);
  sums_[0] += hits.select(1, 0).sum();
  sums_[1] += hits.sum();
  sums_[2] += at::cross_entropy_loss(logits, labels, {}, at::Reduction::Sum).to(at::kDouble);
  count_ += labels.numel();

  if (targets.trials > 0) {
    trial_accuracies_.push_back(hits.select(1, 0).view({targets.trials, -1}).mean(1));
  } else if (logits.size(1) == confusion_.size(0)) {
    by_class_ = true;
    const at::Tensor cell = labels * confusion_.size(1) + first.select(1, 0);
    confusion_.view(-1).index_add_(0, cell, at::ones_like(cell));
  }
}

Figures Score::figures(const ClassGroups& groups) const {
  if (count_ == 0) return {};
  const at::Tensor means = sums_.cpu() / static_cast<double>(count_);
  const auto* mean = means.data_ptr<double>();
  Figures figures{{"accuracy", 100 * mean[0]}, {"top5_accuracy", 100 * mean[1]}, {"loss", mean[2]}};

  if (by_class_) {
    const auto accuracies = class_accuracies(confusion());
    std::vector<int64_t> all(accuracies.size());
    std::iota(all.begin(), all.end(), 0);
    figures["balanced_accuracy"] = mean_of(accuracies, all);
    for (const auto& [name, classes] : groups) {
      figures[name + "_accuracy"] = mean_of(accuracies, classes);
    }
  }
  if (!trial_accuracies_.empty()) {
    const at::Tensor trials = at::cat(trial_accuracies_).cpu() * 100;
    const auto count = static_cast<double>(trials.numel());
    figures["accuracy"] = trials.mean().item<double>();
    // A single trial has no spread.
    if (count > 1) {
      figures["accuracy_ci95"] =
          kNormalQuantile * trials.std(/*unbiased=*/true).item<double>() / std::sqrt(count);
    }
  }
  return figures;
}

at::Tensor Score::confusion() const { return by_class_ ? confusion_.cpu() : at::Tensor(); }

std::vector<double> class_accuracies(const at::Tensor& confusion) {
  const at::Tensor right = confusion.diagonal().to(at::kDouble);
  const at::Tensor percent = right * 100 / confusion.sum(1);  // 0 / 0 is NaN
  const auto* first = percent.data_ptr<double>();
  return {first, first + percent.numel()};
}

}  // namespace host::evaluation
