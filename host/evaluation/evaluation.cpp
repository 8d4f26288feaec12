#include "host/evaluation/evaluation.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "host/assembly/trained_network.h"
#include "host/base/errors.h"
#include "host/base/metric_name.h"
#include "host/experiment/suggest.h"

namespace host::evaluation {

namespace {

constexpr std::array<std::pair<const char*, sla::Split>, 3> kSplits{
    {{"train", sla::Split::train},
     {"validation", sla::Split::validation},
     {"test", sla::Split::test}}};

/// The columns of a table: the metrics, with those of the class groups in between.
std::vector<std::string> columns(const Metrics& metrics) {
  std::set<std::string> names;
  for (const auto& [name, value] : metrics) {
    names.insert(MetricName::parse(name).metric);
  }
  std::vector<std::string> ordered;
  for (const char* first : {"accuracy", "accuracy_ci95", "balanced_accuracy"}) {
    if (names.erase(first) > 0) ordered.emplace_back(first);
  }
  const bool has_loss = names.erase("loss") > 0;
  const bool has_top5 = names.erase("top5_accuracy") > 0;
  ordered.insert(ordered.end(), names.begin(), names.end());
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

/// Scores each prediction.
class Scores final : public Observer {
 public:
  Scores(const assembly::Assembly& assembly, size_t predictions, int64_t batches, Observer* next)
      : next_(next) {
    // Not vector(n, value): copies of a Score would share its tensors.
    for (size_t i = 0; i < predictions; ++i) {
      scores_.emplace_back(assembly.task.classes, batches, assembly.device);
    }
  }

  void observe(int64_t number, const std::vector<at::Tensor>& logits, const sla::Targets& targets,
               const sla::Embedding& embedding) override {
    for (size_t i = 0; i < scores_.size(); ++i) scores_[i].add(number, logits[i], targets);
    if (next_ != nullptr) next_->observe(number, logits, targets, embedding);
  }

  /// Adds what the other processes have scored.
  void combine(const distributed::Group& group) {
    for (Score& score : scores_) score.combine(group);
  }

  const Score& of(size_t prediction) const { return scores_.at(prediction); }

 private:
  std::vector<Score> scores_;
  Observer* next_;
};

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
  std::vector<sla::Prediction> chosen;
  for (const std::string& name : asked) {
    const std::string place =
        experiment::place_of(assembly.experiment.document, "evaluation", "predictions");
    chosen.push_back(assembly::prediction_named(
        name, offered, place + "objective '" + assembly.experiment.objective.plugin + "'"));
  }
  return chosen;
}

ScoredImages whole_split(const assembly::Assembly& assembly, sla::Split split) {
  return {split, assembly.evaluation_sampler(split), split_name(split)};
}

std::optional<Evaluation> evaluate(const assembly::Assembly& assembly, const ScoredImages& scored,
                                   const std::vector<sla::Prediction>& predictions,
                                   Observer* observer) {
  // An observer sees all images in order; otherwise the processes take turns.
  const distributed::Group alone;
  const auto& group = observer == nullptr ? *assembly.group : alone;
  Scores scores(assembly, predictions.size(), scored.sampler->batches_per_pass(), observer);
  if (!run_pass(assembly, scored, predictions, group, scores)) return std::nullopt;
  scores.combine(group);
  const auto groups = assembly.dataset.class_groups();
  Evaluation evaluation;
  for (size_t i = 0; i < predictions.size(); ++i) {
    Metrics metrics = scores.of(i).metrics(groups);
    if (metrics.contains("loss") && std::isnan(metrics.at("loss"))) {
      spdlog::warn(
          "prediction '{}' has logits that are not numbers on the {} split: its accuracy means "
          "nothing",
          predictions[i].name, split_name(scored.split));
    }
    evaluation.metrics.merge(prefixed(predictions[i].name, metrics));
    const at::Tensor confusion = scores.of(i).confusion();
    if (confusion.defined()) evaluation.confusion[predictions[i].name] = confusion;
  }
  return evaluation;
}

std::optional<Evaluation> evaluate(const assembly::Assembly& assembly, sla::Split split,
                                   const std::vector<sla::Prediction>& predictions,
                                   Observer* observer) {
  return evaluate(assembly, whole_split(assembly, split), predictions, observer);
}

Metrics prefixed(const std::string& prefix, const Metrics& metrics) {
  Metrics named;
  for (const auto& [name, value] : metrics) named[prefix + "." + name] = value;
  return named;
}

std::string format_table(const Metrics& metrics) {
  const auto names = columns(metrics);
  std::string table = fmt::format("{:<14}", "prediction");
  for (const std::string& metric : names) table += fmt::format("{:>10}", heading(metric));
  table += "\n";
  std::set<std::string> predictions;
  for (const auto& [name, value] : metrics) {
    predictions.insert(MetricName::parse(name).prediction);
  }
  for (const std::string& prediction : predictions) {
    table += fmt::format("{:<14}", prediction);
    for (const std::string& metric : names) {
      const auto found = metrics.find(prediction + "." + metric);
      if (found == metrics.end()) {
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
