#include "host/evaluation/evaluation.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "host/base/errors.h"
#include "host/base/libtorch.h"
#include "host/base/metric_name.h"
#include "host/data/batch_tensors.h"
#include "host/evaluation/crops.h"
#include "host/experiment/suggest.h"
#include "host/terminal/progress_bar.h"
#include "host/terminal/signals.h"

namespace host::evaluation {

namespace {

constexpr std::array<std::pair<const char*, sla::Split>, 3> kSplits{
    {{"train", sla::Split::train},
     {"validation", sla::Split::validation},
     {"test", sla::Split::test}}};

/// The columns of a table: the metrics, with those of the class groups in between.
std::vector<std::string> columns(const Figures& figures) {
  std::set<std::string> metrics;
  for (const auto& [name, figure] : figures) {
    metrics.insert(MetricName::parse(name).metric);
  }
  std::vector<std::string> ordered;
  for (const char* first : {"accuracy", "accuracy_ci95", "balanced_accuracy"}) {
    if (metrics.erase(first) > 0) ordered.emplace_back(first);
  }
  const bool has_loss = metrics.erase("loss") > 0;
  const bool has_top5 = metrics.erase("top5_accuracy") > 0;
  ordered.insert(ordered.end(), metrics.begin(), metrics.end());
  if (has_top5) ordered.emplace_back("top5_accuracy");
  if (has_loss) ordered.emplace_back("loss");
  return ordered;
}

std::string heading(const std::string& metric) {
  if (metric == "accuracy_ci95") return "+- 95 %";
  if (metric == "top5_accuracy") return "top-5";
  const auto suffix = metric.find("_accuracy");
  return suffix == std::string::npos ? metric : metric.substr(0, suffix);
}

/// Each prediction's logits of a batch: of the images, or the mean over their ten crops.
std::vector<at::Tensor> logits_of(const assembly::Assembly& assembly,
                                  const std::vector<sla::Prediction>& predictions, sla::Views views,
                                  const sla::Embedding& embedding, const sla::Targets& targets) {
  const auto& objective = assembly.network->objective();
  const int64_t margin = assembly.experiment.evaluation.ten_crop_margin;
  std::vector<at::Tensor> logits;
  for (const auto& prediction : predictions) {
    logits.push_back(objective.predict(prediction.name, embedding, targets));
  }
  if (margin == 0) return logits;
  for (int64_t number = 1; number < kTenCrops; ++number) {
    sla::Batch batch = embedding.batch;
    batch.images = crop(batch.images, margin, number);
    const auto cropped = assembly.embed(batch, views);
    for (size_t i = 0; i < predictions.size(); ++i) {
      logits[i] = logits[i] + objective.predict(predictions[i].name, cropped, targets);
    }
  }
  for (at::Tensor& sum : logits) sum = sum / kTenCrops;
  return logits;
}

}  // namespace

std::string split_name(sla::Split split) { return kSplits.at(static_cast<size_t>(split)).first; }

sla::Split split_of(const std::string& name) {
  for (const auto& [known, split] : kSplits) {
    if (name == known) return split;
  }
  throw ExperimentError("no split '" + name + "'" +
                        experiment::suggest(name, {"train", "validation", "test"}));
}

std::vector<sla::Prediction> chosen_predictions(const assembly::Assembly& assembly) {
  const auto& offered = assembly.network->objective().predictions();
  const auto& asked = assembly.experiment.evaluation.predictions;
  if (asked.empty()) return offered;
  std::vector<std::string> known;
  known.reserve(offered.size());
  for (const auto& prediction : offered) known.push_back(prediction.name);
  std::vector<sla::Prediction> chosen;
  for (const std::string& name : asked) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      throw ExperimentError(
          experiment::place_of(assembly.experiment.document, "evaluation", "predictions") +
          "objective '" + assembly.experiment.objective.plugin + "' offers no prediction '" + name +
          "'" + experiment::suggest(name, known));
    }
    chosen.push_back(offered[found - known.begin()]);
  }
  return chosen;
}

std::optional<Evaluation> evaluate(const assembly::Assembly& assembly, sla::Split split,
                                   const std::vector<sla::Prediction>& predictions,
                                   Analysis* analysis) {
  const at::NoGradGuard no_grad;
  assembly::Network& network = *assembly.network;
  const assembly::EvaluationMode mode(network);
  const auto random = assembly.random("evaluation").child(static_cast<int64_t>(split));

  const bool all_views =
      std::any_of(predictions.begin(), predictions.end(),
                  [](const auto& prediction) { return prediction.views == sla::Views::all; });
  const auto views = all_views ? sla::Views::all : sla::Views::identity;
  // An analysis is of all images in order; otherwise the processes take turns.
  const distributed::Group alone;
  const auto& group = analysis == nullptr ? *assembly.group : alone;
  const auto sampler = assembly.evaluation_sampler(split);
  const int64_t batches = sampler->batches_per_pass();
  const auto loader = assembly.evaluation_loader(split, sampler, group.rank(), group.size());
  // Not vector(n, value): copies of a Score would share its tensors.
  std::vector<Score> scores;
  for (size_t i = 0; i < predictions.size(); ++i) {
    scores.emplace_back(assembly.task.classes, batches, assembly.device);
  }
  terminal::ProgressBar progress(split_name(split), 0, batches);
  int64_t images = 0;
  for (int64_t number = group.rank(); number - group.rank() < batches; number += group.size()) {
    if (group.maximum({terminal::signal_waits() ? 1 : 0}).front() != 0) return std::nullopt;
    if (number >= batches) break;
    // LibTorch's random numbers depend on split and batch alone, not on what ran before.
    libtorch::seed(assembly.device, random.child(number).next());
    const sla::Batch batch = data::to_device(loader->next(), assembly.device);
    images += batch.labels.numel();
    const auto embedding = assembly.embed(batch, views);
    const auto targets = network.objective().targets(batch);
    const auto logits = logits_of(assembly, predictions, views, embedding, targets);
    for (size_t i = 0; i < predictions.size(); ++i) {
      scores[i].add(number, logits[i], targets);
      if (analysis != nullptr) analysis->add(i, logits[i], targets);
    }
    if (analysis != nullptr) analysis->add_rows(network.objective(), embedding);
    progress.update(number + 1, images, "");
  }

  for (Score& score : scores) score.combine(group);
  const auto groups = assembly.dataset.class_groups();
  Evaluation evaluation;
  for (size_t i = 0; i < predictions.size(); ++i) {
    evaluation.figures.merge(prefixed(predictions[i].name, scores[i].figures(groups)));
    const at::Tensor confusion = scores[i].confusion();
    if (confusion.defined()) evaluation.confusion[predictions[i].name] = confusion;
  }
  return evaluation;
}

Figures prefixed(const std::string& prefix, const Figures& figures) {
  Figures named;
  for (const auto& [name, figure] : figures) named[prefix + "." + name] = figure;
  return named;
}

std::string format_table(const Figures& figures) {
  const auto metrics = columns(figures);
  std::string table = fmt::format("{:<14}", "prediction");
  for (const std::string& metric : metrics) table += fmt::format("{:>10}", heading(metric));
  table += "\n";
  std::set<std::string> predictions;
  for (const auto& [name, figure] : figures) {
    predictions.insert(MetricName::parse(name).prediction);
  }
  for (const std::string& prediction : predictions) {
    table += fmt::format("{:<14}", prediction);
    for (const std::string& metric : metrics) {
      const auto found = figures.find(prediction + "." + metric);
      if (found == figures.end()) {
        table += fmt::format("{:>10}", "");
      } else if (metric == "loss") {
        table += fmt::format("{:>10.4f}", found->second);
      } else {
        table += fmt::format("{:>8.2f} %", found->second);
      }
    }
    table += "\n";
  }
  return table;
}

}  // namespace host::evaluation
