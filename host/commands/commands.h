#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/experiment/document.h"

namespace host::commands {

/// What the command line says of an experiment, for the commands that take one.
struct ExperimentArguments {
  std::filesystem::path file;
  experiment::Overrides overrides;
};

struct TrainArguments {
  ExperimentArguments experiment;
  /// Run directory; empty: runs/NAME[-PROFILE], numbered where that exists.
  std::filesystem::path out;
  bool resume = false;
  /// The whole command line, for the run's provenance.
  std::vector<std::string> command;
};

struct EvalArguments {
  /// Run directories, checkpoints, .safetensors or .pth files.
  std::vector<std::filesystem::path> sources;
  /// Needed for weights that do not carry their experiment.
  ExperimentArguments experiment;
  std::string split;
  /// Predictions to score; empty: as the experiment says.
  std::vector<std::string> predictions;
  /// Where to write the weights as safetensors; empty: nowhere.
  std::filesystem::path save_weights;
};

/// Each command prints its result to standard output and returns the exit status.
int train(const TrainArguments& arguments);
int check(const ExperimentArguments& arguments);
int eval(const EvalArguments& arguments);
int plugins(const std::vector<std::filesystem::path>& folders);
int describe(const std::string& name);
int inspect(const std::filesystem::path& file);

}  // namespace host::commands
