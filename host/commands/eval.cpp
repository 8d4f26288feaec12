#include <spdlog/spdlog.h>

#include <iostream>

#include <nlohmann/json.hpp>

#include "host/assembly/foreign_weights.h"
#include "host/assembly/machine.h"
#include "host/assembly/task_record.h"
#include "host/assembly/weights_file.h"
#include "host/base/errors.h"
#include "host/commands/experiment_commands.h"
#include "host/commands/warnings.h"
#include "host/evaluation/evaluation.h"
#include "host/experiment/document.h"
#include "host/experiment/experiment.h"
#include "host/gallery/analysis_file.h"
#include "host/storage/json_file.h"
#include "host/storage/run_directory.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

experiment::Experiment experiment_for(const storage::TensorFile& weights, const fs::path& source,
                                      const EvalArguments& arguments) {
  const auto& given = arguments.experiment;
  if (!given.file.empty()) return experiment::read_experiment(given.file, given.overrides);
  const auto stored = weights.metadata.find("experiment");
  if (stored == weights.metadata.end()) {
    throw StorageError(source.string() +
                       " does not contain its experiment; pass --experiment FILE.toml");
  }
  if (!given.overrides.profiles.empty()) {
    throw ExperimentError("--profile " + given.overrides.profiles + ": the experiment in " +
                          source.string() + " is resolved and has no profiles left; pass its " +
                          "file with --experiment FILE.toml");
  }
  auto document = experiment::parse_document(stored->second, source.string());
  experiment::unset_keys(document, given.overrides.unset);
  experiment::apply_settings(document, given.overrides.settings);
  return experiment::interpret(std::move(document), source.stem().string());
}

/// Refuses weights of other classes, unless what is scored are episodes, whose classes are their
/// own.
void check_classes(const storage::TensorFile& weights, const fs::path& source,
                   const assembly::Assembly& assembly, sla::Split split) {
  const auto task = weights.metadata.find("task");
  if (task == weights.metadata.end() || assembly.scores_trials(split)) return;
  const auto record = assembly::parse_task_record(task->second, source.string());
  assembly::require_classes(record.task, assembly.task.class_names, source.string());
}

/// Analyses cover a run's test split only.
void check_analysable(const EvalArguments& arguments) {
  if (!arguments.analyse) return;
  for (const fs::path& source : arguments.sources) {
    if (!fs::is_directory(source)) {
      throw StorageError("--analyse needs a run directory; " + source.string() + " is not one");
    }
  }
  if (arguments.split != "test") throw ExperimentError("--analyse works on the test split only");
}

}  // namespace

int eval(const EvalArguments& arguments) {
  const sla::Split split = evaluation::split_of(arguments.split);
  check_analysable(arguments);
  auto listed = nlohmann::json::array();
  for (const fs::path& source : arguments.sources) {
    const auto weights = assembly::read_weights(source);
    auto experiment = experiment_for(weights, source, arguments);
    if (!arguments.predictions.empty()) experiment.evaluation.predictions = arguments.predictions;
    assembly::prepare_machine(experiment.runtime);
    const auto assembly = assembly::assemble(std::move(experiment));
    warn_of_replaced_dataset(assembly.experiment);
    check_classes(weights, source, assembly, split);
    const std::string name = source.string();
    assembly.network->load_state(
        weights.metadata.contains("experiment")
            ? weights.tensors
            : assembly::named_like(assembly.network->state(), weights.tensors, name),
        name);
    if (!arguments.save_weights.empty()) {
      storage::write_safetensors(
          arguments.save_weights,
          {assembly.network->state(),
           {{"experiment", experiment::to_toml(assembly.experiment.document)},
            {"task", assembly::to_text({assembly.task, assembly.dataset.image_shape()})}}});
    }
    const auto predictions = evaluation::chosen_predictions(assembly);
    evaluation::Analysis analysis(assembly, predictions);
    const auto evaluation =
        evaluation::evaluate(assembly, split, predictions, arguments.analyse ? &analysis : nullptr)
            .value();
    if (arguments.analyse) {
      gallery::write_analysis(storage::RunDirectory(source), assembly, predictions, evaluation,
                              analysis);
    }
    if (arguments.json) {
      listed.push_back({{"source", source.string()},
                        {"split", arguments.split},
                        {"figures", evaluation.figures}});
    } else {
      std::cout << source.string() << ", " << arguments.split << " split:\n"
                << evaluation::format_table(evaluation.figures);
    }
    // Finding real violations would need the other splits: report the accepted ones.
    warn_of_departures(assembly.experiment.protocol.accept);
  }
  if (arguments.json) std::cout << storage::json_text(listed);
  return 0;
}

}  // namespace host::commands
