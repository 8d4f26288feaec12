#include "host/evaluation/score.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/full.h>
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

Score::Score(int64_t classes, int64_t batches, at::Device device)
    : sums_(at::zeros({batches, 3}, at::TensorOptions(device).dtype(at::kDouble))),
      confusion_(at::zeros({classes, classes}, at::TensorOptions(device).dtype(at::kLong))) {}

void Score::add(int64_t number, const at::Tensor& logits, const sla::Targets& targets) {
  const at::Tensor& labels = targets.labels;
  const int64_t considered = std::min<int64_t>(5, logits.size(1));
  const at::Tensor first = std::get<1>(logits.topk(considered, /*dim=*/1));
  const at::Tensor hits = first.eq(labels.unsqueeze(1)).to(at::kDouble);
  const at::Tensor sums = sums_[number];
  sums[0] += hits.select(1, 0).sum();
  sums[1] += hits.sum();
  sums[2] += at::cross_entropy_loss(logits, labels, {}, at::Reduction::Sum).to(at::kDouble);
  count_ += labels.numel();

  if (targets.trials > 0) {
    trial_accuracies_[number] = hits.select(1, 0).view({targets.trials, -1}).mean(1);
  } else if (logits.size(1) == confusion_.size(0)) {
    by_class_ = true;
    const at::Tensor cell = labels * confusion_.size(1) + first.select(1, 0);
    confusion_.view(-1).index_add_(0, cell, at::ones_like(cell));
  }
}

void Score::combine(const distributed::Group& group) {
  if (group.size() == 1) return;
  group.sum(sums_);
  group.sum(confusion_);
  int64_t trials = 0;
  for (const auto& [number, accuracies] : trial_accuracies_) {
    trials = std::max(trials, accuracies.numel());
  }
  const auto most = group.maximum({by_class_ ? 1 : 0, trials});
  by_class_ = most[0] != 0;
  at::Tensor count = at::full({1}, count_, at::kLong);
  group.sum(count);
  count_ = count.item<int64_t>();
  if (most[1] == 0) return;
  // One row a batch: how many trials, then their accuracies.
  at::Tensor table = at::zeros({sums_.size(0), most[1] + 1}, sums_.options());
  for (const auto& [number, accuracies] : trial_accuracies_) {
    table[number][0] = static_cast<double>(accuracies.numel());
    table[number].slice(0, 1, accuracies.numel() + 1).copy_(accuracies);
  }
  group.sum(table);
  for (int64_t number = 0; number < table.size(0); ++number) {
    const auto own = static_cast<int64_t>(table[number][0].item<double>());
    trial_accuracies_[number] = table[number].slice(0, 1, own + 1);
  }
}

Metrics Score::metrics(const ClassGroups& groups) const {
  if (count_ == 0) return {};
  const at::Tensor means = sums_.sum(0).cpu() / static_cast<double>(count_);
  const auto* mean = means.data_ptr<double>();
  Metrics metrics{{"accuracy", 100 * mean[0]}, {"top5_accuracy", 100 * mean[1]}, {"loss", mean[2]}};

  if (by_class_) {
    const auto accuracies = class_accuracies(confusion());
    std::vector<int64_t> all(accuracies.size());
    std::iota(all.begin(), all.end(), 0);
    metrics["balanced_accuracy"] = mean_of(accuracies, all);
    for (const auto& [name, classes] : groups) {
      metrics[name + "_accuracy"] = mean_of(accuracies, classes);
    }
  }
  if (!trial_accuracies_.empty()) {
    std::vector<at::Tensor> by_batch;
    for (const auto& [number, accuracies] : trial_accuracies_) by_batch.push_back(accuracies);
    const at::Tensor trials = at::cat(by_batch).cpu() * 100;
    const auto count = static_cast<double>(trials.numel());
    metrics["accuracy"] = trials.mean().item<double>();
    // A single trial has no spread.
    if (count > 1) {
      metrics["accuracy_ci95"] =
          kNormalQuantile * trials.std(/*unbiased=*/true).item<double>() / std::sqrt(count);
    }
  }
  return metrics;
}

at::Tensor Score::confusion() const { return by_class_ ? confusion_.cpu() : at::Tensor(); }

std::vector<double> class_accuracies(const at::Tensor& confusion) {
  const at::Tensor right = confusion.diagonal().to(at::kDouble);
  const at::Tensor percent = right * 100 / confusion.sum(1);  // 0 / 0 is NaN
  const auto* first = percent.data_ptr<double>();
  return {first, first + percent.numel()};
}

}  // namespace host::evaluation
