#include "host/commands/trained.h"

#include <utility>

#include "host/assembly/foreign_weights.h"
#include "host/assembly/weights_file.h"
#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/experiment.h"
#include "host/storage/run_directory.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

experiment::Experiment experiment_for(const storage::TensorFile& weights, const fs::path& source,
                                      const ExperimentArguments& given) {
  if (!given.file.empty()) return experiment::read_experiment(given.file, given.overrides);
  const auto stored = weights.metadata.find("experiment");
  if (stored == weights.metadata.end()) {
    throw StorageError(source.string() +
                       " does not contain its experiment; pass --experiment FILE.toml");
  }
  if (!given.overrides.profiles.empty()) {
    throw ExperimentError(
        "--profile " + given.overrides.profiles + ": the experiment in " + source.string() +
        " is resolved and has no profiles left; to score it " +
        "with other profiles, pass its file: sla_host eval --experiment FILE.toml");
  }
  auto document = experiment::parse_document(stored->second, source.string());
  experiment::unset_keys(document, given.overrides.unset);
  experiment::apply_settings(document, given.overrides.settings);
  return experiment::interpret(std::move(document), source.stem().string());
}

}  // namespace

Trained read_trained(const fs::path& source, const ExperimentArguments& given) {
  auto weights = assembly::read_weights(source);
  auto experiment = experiment_for(weights, source, given);
  return {source, std::move(weights), std::move(experiment)};
}

void require_classes(const Trained& trained, const assembly::Assembly& assembly, sla::Split split) {
  if (!trained.weights.metadata.contains("task") || assembly.scores_trials(split)) return;
  assembly::require_classes(task_of(trained).task, assembly.task.class_names,
                            trained.source.string());
}

assembly::TaskRecord task_of(const Trained& trained) {
  const std::string name = trained.source.string();
  const auto task = trained.weights.metadata.find("task");
  if (task != trained.weights.metadata.end()) {
    return assembly::parse_task_record(task->second, name);
  }
  throw StorageError(name + " does not say which classes it is for; save it as weights that do: " +
                     "sla_host eval " + name +
                     " --experiment EXPERIMENT.toml --save-weights FILE.safetensors");
}

void load_weights(const Trained& trained, assembly::Network& network) {
  const std::string name = trained.source.string();
  const auto& [tensors, metadata] = trained.weights;
  network.load_state(metadata.contains("experiment")
                         ? tensors
                         : assembly::named_like(network.state(), tensors, name),
                     name);
}

void refuse_files_of_runs(const fs::path& file) {
  const storage::RunDirectory run(file.parent_path());
  if (!fs::exists(run.provenance()) || !run.is_own(file.filename())) return;
  throw StorageError(file.string() + " is a file of the run there; choose another name");
}

void refuse_input_as_output(const fs::path& input, const fs::path& output) {
  std::error_code absent;
  if (!fs::equivalent(input, output, absent)) return;
  throw StorageError(output.string() + " would be replaced, but is read; choose another name");
}

}  // namespace host::commands
