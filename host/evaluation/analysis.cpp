#include "host/evaluation/analysis.h"

#include <sla/joint_labels.h>
#include <spdlog/spdlog.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"

namespace host::evaluation {

namespace {

using nlohmann::json;

constexpr int64_t kBins = 15;

/// Increments `counts` [n] at each of `positions` [T].
void count_at(at::Tensor& counts, const at::Tensor& positions) {
  counts.index_add_(0, positions, at::ones_like(positions));
}

std::vector<int64_t> counts_of(const at::Tensor& tensor) {
  const at::Tensor counts = tensor.cpu();
  const auto* first = counts.data_ptr<int64_t>();
  return {first, first + counts.numel()};
}

double percent(int64_t part, int64_t whole) {
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Analysis::Analysis(const assembly::Assembly& assembly,
                   const std::vector<sla::Prediction>& predictions)
    : network_(assembly.network),
      classes_(assembly.task.classes),
      count_(assembly.task.transformations),
      names_(assembly.transformations.names()) {
  const auto options = at::TensorOptions(assembly.device);
  for (size_t i = 0; i < predictions.size(); ++i) {
    bins_.push_back(at::zeros({kBins, 3}, options.dtype(at::kDouble)));
  }
  row_hits_ = at::zeros({count_}, options.dtype(at::kLong));
  joint_outcomes_ = at::zeros({4}, options.dtype(at::kLong));
  transformation_confusion_ = at::zeros({count_, count_}, options.dtype(at::kLong));
}

void Analysis::observe(int64_t /*number*/, const std::vector<at::Tensor>& logits,
                       const sla::Targets& targets, const sla::Embedding& embedding) {
  for (size_t i = 0; i < logits.size(); ++i) add(i, logits[i], targets);
  add_rows(embedding);
}

void Analysis::add(size_t number, const at::Tensor& logits, const sla::Targets& targets) {
  const auto [greatest, answer] = logits.to(at::kDouble).softmax(1).max(1);
  const at::Tensor confidence = greatest.nan_to_num(0);  // NaN logits
  const at::Tensor bin = (confidence * kBins).to(at::kLong).clamp_max(kBins - 1);
  const at::Tensor hits = answer.eq(targets.labels).to(at::kDouble);
  bins_[number].index_add_(0, bin, at::stack({at::ones_like(hits), confidence, hits}, 1));
  if (number == 0) answers_.push_back(answer);
}

void Analysis::add_rows(const sla::Embedding& embedding) {
  if (count_ == 1 || embedding.views != sla::Views::all || rows_failed_) return;
  at::Tensor logits;
  try {
    logits = network_->objective().row_logits(embedding);
  } catch (const PluginError& error) {
    // A failed analysis must not cost a run its metrics.
    spdlog::warn("{}; left out of the analysis", error.what());
    rows_failed_ = true;
  }
  if (!logits.defined()) return;
  const at::Tensor& labels = embedding.batch.labels;
  images_ += labels.size(0);
  if (logits.size(1) == classes_) {
    const auto hits = logits.argmax(1).eq(sla::repeat_labels(labels, count_));
    row_hits_ += hits.view({-1, count_}).sum(0);
  } else {
    add_joint(logits, labels);
  }
}

void Analysis::add_joint(const at::Tensor& logits, const at::Tensor& labels) {
  // [B, j, N, j']: row j's logits for its own transformation are at j' = j.
  const auto by_row = logits.reshape({-1, count_, classes_, count_});
  const auto given = by_row.diagonal(/*offset=*/0, /*dim1=*/1, /*dim2=*/3);  // [B, N, j]
  row_hits_ += given.argmax(1).eq(labels.unsqueeze(1)).sum(0);

  const auto answer = logits.argmax(1);
  const auto true_transformation = sla::transformation_labels(labels, count_);
  const auto said_transformation = answer.remainder(count_);
  const auto wrong_class =
      answer.div(count_, "floor").ne(sla::repeat_labels(labels, count_)).to(at::kLong);
  const auto wrong_transformation = said_transformation.ne(true_transformation).to(at::kLong);
  count_at(joint_outcomes_, wrong_class * 2 + wrong_transformation);
  auto cells = transformation_confusion_.view(-1);
  count_at(cells, true_transformation * count_ + said_transformation);
}

json Analysis::calibration(size_t number) const {
  const at::Tensor bins = bins_.at(number).cpu();
  const auto all = bins.select(1, 0).sum().item<double>();
  json listed = json::array();
  double error = 0;
  for (int64_t b = 0; b < kBins; ++b) {
    const auto* bin = bins[b].data_ptr<double>();
    const double count = bin[0];
    if (count == 0) continue;
    const double confidence = 100 * bin[1] / count;
    const double accuracy = 100 * bin[2] / count;
    listed.push_back({confidence, accuracy, std::llround(count)});
    error += std::abs(confidence - accuracy) * count / all;
  }
  return {{"error", all > 0 ? json(error) : json()}, {"bins", listed}};
}

json Analysis::transformations() const {
  if (images_ == 0 || rows_failed_) return nullptr;
  json facts{{"names", names_}};
  for (const int64_t hits : counts_of(row_hits_)) {
    facts["accuracy"].push_back(percent(hits, images_));
  }
  const auto outcomes = counts_of(joint_outcomes_);
  const int64_t rows = images_ * count_;
  if (outcomes[0] + outcomes[1] + outcomes[2] + outcomes[3] == 0) return facts;
  facts["joint"] = {{"right", percent(outcomes[0], rows)},
                    {"transformation_error", percent(outcomes[1], rows)},
                    {"class_error", percent(outcomes[2], rows)},
                    {"both_errors", percent(outcomes[3], rows)}};
  for (int64_t j = 0; j < count_; ++j) {
    facts["confusion"].push_back(counts_of(transformation_confusion_[j]));
  }
  return facts;
}

at::Tensor Analysis::first_answers() const { return at::cat(answers_).cpu(); }

}  // namespace host::evaluation
