#include "host/training/evaluation.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/zeros.h>

#include "host/errors.h"
#include "host/experiment/suggest.h"
#include "host/terminal/progress_bar.h"

namespace host::training {

namespace {

constexpr std::array<std::pair<const char*, sla::Split>, 3> kSplits{
    {{"train", sla::Split::train},
     {"validation", sla::Split::validation},
     {"test", sla::Split::test}}};

/// Sums over the batches of one prediction, kept on the device until the end.
class Score {
 public:
  explicit Score(at::Device device)
      : sums_(at::zeros({3}, at::TensorOptions(device).dtype(at::kDouble))) {}

  void add(const at::Tensor& logits, const at::Tensor& targets) {
    const int64_t considered = std::min<int64_t>(5, logits.size(1));
    const auto hits =
        std::get<1>(logits.topk(considered, /*dim=*/1)).eq(targets.unsqueeze(1)).to(at::kDouble);
    sums_[0] += hits.select(1, 0).sum();
    sums_[1] += hits.sum();
    sums_[2] += at::cross_entropy_loss(logits, targets, {}, at::Reduction::Sum).to(at::kDouble);
    count_ += targets.numel();
  }

  void write(const std::string& prediction, Figures& figures) const {
    if (count_ == 0) return;
    const at::Tensor means = sums_.cpu() / static_cast<double>(count_);
    const auto* mean = means.data_ptr<double>();
    figures[prediction + ".accuracy"] = 100 * mean[0];
    figures[prediction + ".top5_accuracy"] = 100 * mean[1];
    figures[prediction + ".loss"] = mean[2];
  }

 private:
  at::Tensor sums_;
  int64_t count_ = 0;
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

std::vector<sla::Prediction> chosen_predictions(const Assembly& assembly) {
  auto offered = assembly.network->objective().call(
      "predictions", [](const sla::Objective& objective) { return objective.predictions(); });
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

Figures evaluate(const Assembly& assembly, sla::Split split,
                 const std::vector<sla::Prediction>& predictions) {
  const at::NoGradGuard no_grad;
  Network& network = *assembly.network;
  const bool was_training = network.is_training();
  network.eval();

  const bool all_views =
      std::any_of(predictions.begin(), predictions.end(),
                  [](const auto& prediction) { return prediction.views == sla::Views::all; });
  const auto views = all_views ? sla::Views::all : sla::Views::identity;
  // One by one: copies of a Score would share its sums.
  std::vector<Score> scores;
  for (size_t i = 0; i < predictions.size(); ++i) scores.emplace_back(assembly.device);

  const auto sampler = assembly.evaluation_sampler(split);
  const int64_t batches = sampler->batches_per_pass();
  const auto loader = assembly.evaluation_loader(split, sampler);
  terminal::ProgressBar progress(split_name(split), 0, batches);
  int64_t images = 0;
  for (int64_t number = 0; number < batches; ++number) {
    const sla::Batch batch = assembly.preparation.to_device(loader->next());
    images += batch.labels.numel();
    const sla::Embedding embedding{
        network.features(assembly.preparation.model_input(batch.images, views)), views, batch};
    for (size_t i = 0; i < predictions.size(); ++i) {
      network.objective().call("predict", [&](sla::Objective& objective) {
        scores[i].add(objective.predict(predictions[i].name, embedding), objective.targets(batch));
      });
    }
    progress.update(number + 1, images, "");
  }

  network.train(was_training);
  Figures figures;
  for (size_t i = 0; i < predictions.size(); ++i) scores[i].write(predictions[i].name, figures);
  return figures;
}

Figures prefixed(const std::string& prefix, const Figures& figures) {
  Figures named;
  for (const auto& [name, figure] : figures) named[prefix + "." + name] = figure;
  return named;
}

bool larger_is_better(const std::string& metric) { return !metric.ends_with("loss"); }

std::string format_table(const Figures& figures) {
  std::string table =
      fmt::format("{:<14}{:>10}{:>10}{:>10}\n", "prediction", "accuracy", "top-5", "loss");
  std::set<std::string> predictions;
  for (const auto& [name, figure] : figures) predictions.insert(name.substr(0, name.rfind('.')));
  for (const std::string& prediction : predictions) {
    table += fmt::format(
        "{:<14}{:>8.2f} %{:>8.2f} %{:>10.4f}\n", prediction, figures.at(prediction + ".accuracy"),
        figures.at(prediction + ".top5_accuracy"), figures.at(prediction + ".loss"));
  }
  return table;
}

}  // namespace host::training
