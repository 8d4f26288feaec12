#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "host/assembly/machine.h"
#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/base/processors.h"
#include "host/commands/trained.h"
#include "host/commands/trained_commands.h"
#include "host/evaluation/evaluation.h"
#include "host/evaluation/logits.h"
#include "host/evaluation/pass.h"
#include "host/prediction/image_files.h"
#include "host/prediction/image_list.h"
#include "host/prediction/temperature.h"
#include "host/results/text_table.h"
#include "host/storage/json_file.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// What was predicted for one file.
struct Answer {
  fs::path file;
  /// Why it could not be read; empty if it was.
  std::string failure = {};
  /// The most probable classes, with their probabilities.
  std::vector<std::pair<std::string, double>> classes = {};
};

assembly::Assembly assembly_for(const PredictArguments& arguments) {
  auto trained = read_trained(arguments.source, {{}, arguments.overrides});
  auto& experiment = trained.experiment;
  if (!arguments.prediction.empty()) experiment.evaluation.predictions = {arguments.prediction};
  // Unlike in training, there is nothing else to do for the processors while
  // files are decoded.
  if (experiment.runtime.loading_threads == 0) {
    experiment.runtime.loading_threads = usable_processors();
  }
  assembly::prepare_machine(experiment.runtime);
  auto assembly = assembly::assemble(experiment);
  task_of(trained);
  require_classes(trained, assembly, sla::Split::test);
  if (assembly.scores_trials(sla::Split::test)) {
    throw ExperimentError(arguments.source.string() +
                          " predicts the classes of few-shot episodes, which single images have "
                          "not; use eval");
  }
  load_weights(trained, *assembly.network);
  return assembly;
}

/// The logits [T, N] of the prediction, on the CPU.
at::Tensor logits_of(const assembly::Assembly& assembly, sla::Split split,
                     const sla::Prediction& prediction, const std::string& label,
                     at::Tensor* labels = nullptr) {
  evaluation::LogitsRecorder recorder({prediction});
  evaluation::run_pass(assembly, {split, assembly.evaluation_sampler(split), label}, {prediction},
                       distributed::Group(), recorder);
  const auto recorded = recorder.recorded();
  if (labels != nullptr) *labels = recorded.targets.labels;
  return recorded.logits.at(prediction.name);
}

double temperature_of(const std::string& text, const assembly::Assembly& assembly,
                      const sla::Prediction& prediction) {
  if (text.empty()) return 1;
  if (text != "validation") return std::stod(text);
  if (assembly.dataset.size(sla::Split::validation) == 0) {
    throw ExperimentError("the validation split is empty; give --temperature a number");
  }
  at::Tensor labels;
  const at::Tensor logits =
      logits_of(assembly, sla::Split::validation, prediction, "validation", &labels);
  const double temperature = prediction::fitted_temperature(logits, labels);
  spdlog::info("temperature {:.4f}, fitted on {} validation images", temperature, labels.numel());
  return temperature;
}

std::vector<Answer> answers_of(const std::vector<fs::path>& files, const at::Tensor& logits,
                               const std::map<int64_t, std::string>& failures, int64_t top,
                               const std::vector<std::string>& class_names) {
  const int64_t shown = std::min(top, logits.size(1));
  const auto [probabilities, classes] = logits.to(at::kDouble).softmax(1).topk(shown, /*dim=*/1);
  const auto* probability = probabilities.data_ptr<double>();
  const auto* number = classes.data_ptr<int64_t>();
  std::vector<Answer> answers;
  for (int64_t i = 0; i < std::ssize(files); ++i, probability += shown, number += shown) {
    Answer answer{.file = files[static_cast<size_t>(i)]};
    if (const auto failed = failures.find(i); failed != failures.end()) {
      answer.failure = failed->second;
    } else {
      for (int64_t k = 0; k < shown; ++k) {
        answer.classes.emplace_back(class_names.at(static_cast<size_t>(number[k])), probability[k]);
      }
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

json to_json(const Answer& answer) {
  json one{{"image", answer.file.string()}};
  if (!answer.failure.empty()) one["error"] = answer.failure;
  for (const auto& [name, probability] : answer.classes) {
    one["classes"].push_back({{"class", name}, {"probability", probability}});
  }
  return one;
}

/// One row per image that could be read: a cell per class, or, for CSV, its
/// name and probability apart.
results::TextTable table_of(const std::vector<Answer>& answers, bool csv) {
  results::TextTable table{.header = {"image"}, .rows = {}};
  for (const Answer& answer : answers) {
    if (!answer.failure.empty()) continue;
    std::vector<std::string> row{answer.file.string()};
    for (const auto& [name, probability] : answer.classes) {
      if (csv) {
        row.insert(row.end(), {name, fmt::format("{:.6f}", probability)});
      } else {
        row.push_back(fmt::format("{} {:.1f} %", name, 100 * probability));
      }
    }
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty()) return table;
  for (size_t cell = 1; table.header.size() < table.rows.front().size(); ++cell) {
    if (csv) {
      table.header.insert(table.header.end(),
                          {fmt::format("class_{}", cell), fmt::format("probability_{}", cell)});
    } else {
      table.header.push_back(cell == 1 ? "class" : fmt::format("class {}", cell));
    }
  }
  return table;
}

}  // namespace

int predict(const PredictArguments& arguments) {
  const auto [files, notes] = prediction::list_images(arguments.images);
  for (const std::string& note : notes) spdlog::warn("{}", note);
  auto assembly = assembly_for(arguments);
  const auto prediction = evaluation::chosen_predictions(assembly).front();
  const double temperature = temperature_of(arguments.temperature, assembly, prediction);

  std::string note;
  const auto reader = prediction::reader_for(assembly.dataset, note);
  if (!note.empty()) spdlog::info("{}", note);
  const auto failures = std::make_shared<prediction::Failures>();
  assembly.dataset = prediction::in_place_of(assembly.dataset, reader, files, failures);
  const at::Tensor logits = logits_of(assembly, sla::Split::test, prediction, "predict");
  const auto failed = failures->all();
  const auto answers =
      answers_of(files, logits / temperature, failed, arguments.top, assembly.task.class_names);
  if (arguments.json) {
    auto listed = json::array();
    for (const Answer& answer : answers) listed.push_back(to_json(answer));
    std::cout << storage::json_text(listed);
  } else {
    const auto table = table_of(answers, arguments.csv);
    std::cout << (arguments.csv ? table.csv() : table.plain());
  }
  for (const auto& [number, reason] : failed) spdlog::error("{}", reason);
  if (!failed.empty()) {
    spdlog::error("{} of {} files could not be read", failed.size(), files.size());
    return kFailedStatus;
  }
  return 0;
}

}  // namespace host::commands
