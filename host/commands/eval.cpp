#include <iostream>

#include <nlohmann/json.hpp>

#include "host/assembly/machine.h"
#include "host/assembly/task_record.h"
#include "host/base/errors.h"
#include "host/commands/trained.h"
#include "host/commands/trained_commands.h"
#include "host/commands/warnings.h"
#include "host/evaluation/ensemble.h"
#include "host/evaluation/evaluation.h"
#include "host/evaluation/logits_file.h"
#include "host/gallery/analysis_file.h"
#include "host/storage/json_file.h"
#include "host/storage/run_directory.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

void check_arguments(const EvalArguments& arguments) {
  for (const fs::path& file : {arguments.logits, arguments.save_weights})
    refuse_files_of_runs(file);
  const size_t sources = arguments.sources.size();
  if (arguments.ensemble && sources < 2) throw Error("--ensemble needs two runs or more");
  if (!arguments.ensemble && sources > 1 && !arguments.logits.empty()) {
    throw Error("--logits writes one file: name one run, or score several as one with --ensemble");
  }
  if (sources > 1 && !arguments.save_weights.empty()) {
    throw Error("--save-weights writes one file: name one run");
  }
  if (!arguments.analyse) return;
  // Analyses cover a run's test split only.
  for (const fs::path& source : arguments.sources) {
    if (!fs::is_directory(source)) {
      throw StorageError("--analyse needs a run directory; " + source.string() + " is not one");
    }
  }
  if (arguments.split != "test") throw ExperimentError("--analyse works on the test split only");
}

/// Scores runs one after another.
class Scoring {
 public:
  explicit Scoring(const EvalArguments& arguments)
      : arguments_(arguments), split_(evaluation::split_of(arguments.split)) {
    origin_.split = arguments.split;
  }

  void score(const fs::path& source) {
    auto trained = read_trained(source, arguments_.experiment);
    auto& evaluated = trained.experiment.evaluation;
    if (!arguments_.predictions.empty()) evaluated.predictions = arguments_.predictions;
    assembly::prepare_machine(trained.experiment.runtime);
    const auto assembly = assembly::assemble(trained.experiment);
    if (assembly.dataset.size(split_) == 0) {
      throw ExperimentError("the " + arguments_.split + " split of " + source.string() +
                            " is empty");
    }
    warn_of_replaced_dataset(assembly.experiment);
    require_classes(trained, assembly, split_);
    load_weights(trained, *assembly.network);
    save_weights(assembly);

    const auto predictions = evaluation::chosen_predictions(assembly);
    if (arguments_.analyse) {
      evaluation::Analysis analysis(assembly, predictions);
      const auto evaluation = evaluate(assembly, predictions, &analysis);
      gallery::write_analysis(storage::RunDirectory(source), assembly, predictions, evaluation,
                              analysis);
      show(source.string(), evaluation);
    } else if (arguments_.ensemble || !arguments_.logits.empty()) {
      evaluation::LogitsRecorder recorder(predictions);
      show(source.string(), evaluate(assembly, predictions, &recorder));
      keep(source.string(), assembly, recorder);
    } else {
      show(source.string(), evaluate(assembly, predictions, nullptr));
    }
    // Finding real violations would need the other splits: report the accepted ones.
    warn_of_departures(assembly.experiment.protocol.accept);
  }

  /// Writes and prints what is left once all are scored.
  void finish() {
    if (arguments_.ensemble) {
      scored_ = ensemble_.scored();
      show("ensemble", ensemble_.evaluation());
    }
    if (!arguments_.logits.empty()) evaluation::write_logits(arguments_.logits, scored_, origin_);
    if (arguments_.json) std::cout << storage::json_text(listed_);
  }

 private:
  evaluation::Evaluation evaluate(const assembly::Assembly& assembly,
                                  const std::vector<sla::Prediction>& predictions,
                                  evaluation::Observer* observer) const {
    return evaluation::evaluate(assembly, split_, predictions, observer).value();
  }

  void keep(const std::string& source, const assembly::Assembly& assembly,
            const evaluation::LogitsRecorder& recorder) {
    scored_ = recorder.recorded();
    origin_.sources.push_back(source);
    origin_.class_names = assembly.task.class_names;
    if (arguments_.ensemble) ensemble_.add(source, assembly, scored_);
  }

  void save_weights(const assembly::Assembly& assembly) const {
    if (arguments_.save_weights.empty()) return;
    storage::write_safetensors(
        arguments_.save_weights,
        {assembly.network->state(),
         {{"experiment", experiment::to_toml(assembly.experiment.document)},
          {"task", assembly::to_text({assembly.task, assembly.dataset.image_shape()})}}});
  }

  void show(const std::string& name, const evaluation::Evaluation& evaluation) {
    if (arguments_.json) {
      listed_.push_back(
          {{"source", name}, {"split", arguments_.split}, {"metrics", evaluation.metrics}});
    } else {
      std::cout << name << ", " << arguments_.split << " split:\n"
                << evaluation::format_table(evaluation.metrics);
    }
  }

  const EvalArguments& arguments_;
  sla::Split split_;
  evaluation::Ensemble ensemble_;
  evaluation::ScoredLogits scored_;  // of the last run, or of the ensemble
  evaluation::LogitsOrigin origin_;
  nlohmann::json listed_ = nlohmann::json::array();
};

}  // namespace

int eval(const EvalArguments& arguments) {
  check_arguments(arguments);
  Scoring scoring(arguments);
  for (const fs::path& source : arguments.sources) scoring.score(source);
  scoring.finish();
  return 0;
}

}  // namespace host::commands
