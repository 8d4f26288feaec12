#pragma once

#include <filesystem>

#include "host/assembly/assembly.h"
#include "host/assembly/task_record.h"
#include "host/commands/experiment_commands.h"
#include "host/storage/safetensors.h"

namespace host::commands {

/// Weights, and the experiment that they are for.
struct Trained {
  /// The run directory, checkpoint or file that was given.
  std::filesystem::path source;
  storage::TensorFile weights;
  experiment::Experiment experiment;
};

/// Reads weights. Their experiment is the given file, or else the one that is stored with them,
/// changed by the overrides. Throws StorageError and ExperimentError.
Trained read_trained(const std::filesystem::path& source, const ExperimentArguments& given);

/// Throws StorageError for weights of other classes than the dataset has, unless what is scored on
/// this split are episodes, whose classes are their own.
void require_classes(const Trained& trained, const assembly::Assembly& assembly, sla::Split split);

/// The task that the weights are for. Throws StorageError if they do not say.
assembly::TaskRecord task_of(const Trained& trained);

/// Throws StorageError if writing `file` would replace a file of a run.
void refuse_files_of_runs(const std::filesystem::path& file);

/// Throws StorageError if a command would replace the file that it reads.
void refuse_input_as_output(const std::filesystem::path& input,
                            const std::filesystem::path& output);

/// Copies the weights into the network of the experiment. Throws StorageError if they do not fit.
void load_weights(const Trained& trained, assembly::Network& network);

}  // namespace host::commands
