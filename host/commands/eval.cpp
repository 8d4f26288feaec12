#include <spdlog/spdlog.h>

#include <iostream>

#include <nlohmann/json.hpp>

#include "host/commands/experiment_commands.h"
#include "host/commands/warnings.h"
#include "host/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/experiment.h"
#include "host/report/analysis_file.h"
#include "host/storage/checkpoint.h"
#include "host/storage/json_file.h"
#include "host/storage/run_directory.h"
#include "host/storage/torch_file.h"
#include "host/training/checkpointing.h"
#include "host/training/evaluation.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, at::Tensor>;

/// Weights, and the experiment that they say they belong to (empty where they do not).
struct Weights {
  Tensors tensors;
  std::string experiment;
};

/// PyTorch files keep a state dictionary at the root or, beside an optimizer's, under "model"; data
/// parallel training puts "module." in front of each name.
Tensors network_in(Tensors tensors) {
  for (const char* prefix : {"model.", "module."}) {
    if (Tensors inner = storage::tensors_below(prefix, tensors); !inner.empty())
      tensors = std::move(inner);
  }
  return tensors;
}

Weights read_weights(const fs::path& source) {
  if (fs::is_directory(source))
    return read_weights(source / storage::RunDirectory::kBestCheckpoint);
  const std::string extension = source.extension();
  if (extension == ".pth" || extension == ".pt") {
    return {network_in(storage::read_torch_file(source)), ""};
  }
  if (extension == ".safetensors" || extension == ".ckpt") {
    auto content = extension == ".ckpt" ? training::network_part(storage::read_checkpoint(source))
                                        : storage::read_safetensors(source);
    return {std::move(content.tensors), content.metadata["experiment"]};
  }
  throw StorageError("cannot tell what " + source.string() +
                     " is; expected a run directory, .ckpt, .safetensors or .pth");
}

experiment::Experiment experiment_for(const Weights& weights, const fs::path& source,
                                      const EvalArguments& arguments) {
  const auto& given = arguments.experiment;
  if (!given.file.empty()) return experiment::read_experiment(given.file, given.overrides);
  if (weights.experiment.empty()) {
    throw StorageError(source.string() +
                       " does not carry its experiment; name it with --experiment FILE.toml");
  }
  if (!given.overrides.profiles.empty()) {
    throw ExperimentError("--profile " + given.overrides.profiles + ": the experiment that " +
                          source.string() + " carries is resolved and has no profiles left; name " +
                          "its file with --experiment FILE.toml");
  }
  auto document = experiment::parse_document(weights.experiment, source.string());
  experiment::unset_keys(document, given.overrides.unset);
  experiment::apply_settings(document, given.overrides.settings);
  return experiment::interpret(std::move(document), source.stem().string());
}

/// Analyses are of runs and of their test split.
void check_analysable(const EvalArguments& arguments) {
  if (!arguments.analyse) return;
  for (const fs::path& source : arguments.sources) {
    if (!fs::is_directory(source)) {
      throw StorageError("--analyse is for run directories; " + source.string() + " is none");
    }
  }
  if (arguments.split != "test") throw ExperimentError("--analyse is of the test split only");
}

}  // namespace

int eval(const EvalArguments& arguments) {
  const sla::Split split = training::split_of(arguments.split);
  check_analysable(arguments);
  auto listed = nlohmann::json::array();
  for (const fs::path& source : arguments.sources) {
    const Weights weights = read_weights(source);
    auto experiment = experiment_for(weights, source, arguments);
    if (!arguments.predictions.empty()) experiment.evaluation.predictions = arguments.predictions;
    training::prepare_machine(experiment.runtime);
    const auto assembly = training::assemble(std::move(experiment));
    assembly.network->load_state(weights.tensors, source.string());
    if (!arguments.save_weights.empty()) {
      storage::write_safetensors(
          arguments.save_weights,
          {assembly.network->state(),
           {{"experiment", experiment::to_toml(assembly.experiment.document)}}});
    }
    const auto predictions = training::chosen_predictions(assembly);
    training::Analysis analysis(assembly, predictions);
    const auto evaluation =
        training::evaluate(assembly, split, predictions, arguments.analyse ? &analysis : nullptr)
            .value();
    if (arguments.analyse) {
      report::write_analysis(storage::RunDirectory(source), assembly, predictions, evaluation,
                             analysis);
    }
    if (arguments.json) {
      listed.push_back({{"source", source.string()},
                        {"split", arguments.split},
                        {"figures", evaluation.figures}});
    } else {
      std::cout << source.string() << ", " << arguments.split << " split:\n"
                << training::format_table(evaluation.figures);
    }
    // Whether it departs would take the other splits to tell: what it accepts has to do.
    warn_of_departures(assembly.experiment.protocol.accept);
  }
  if (arguments.json) std::cout << storage::json_text(listed);
  return 0;
}

}  // namespace host::commands
