#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/commands/experiment_commands.h"

namespace host::commands {

struct EvalArguments {
  /// Run directories, checkpoints, .safetensors or .pth files.
  std::vector<std::filesystem::path> sources;
  /// Needed for weights that do not contain their experiment.
  ExperimentArguments experiment;
  std::string split;
  /// Predictions to score; empty: the experiment's choice.
  std::vector<std::string> predictions;
  /// Where to write the weights as safetensors; empty: nowhere.
  std::filesystem::path save_weights;
  /// Whether to compute the analyses that a run's report shows.
  bool analyse = false;
  /// Whether to score all sources together as well.
  bool ensemble = false;
  /// Where to write the logits of the one source, or of the ensemble; empty: nowhere.
  std::filesystem::path logits;
  bool json = false;
};

struct PredictArguments {
  /// A run directory, checkpoint or file of weights that holds its experiment.
  std::filesystem::path source;
  experiment::Overrides overrides;
  /// Files and folders.
  std::vector<std::filesystem::path> images;
  /// Empty: the objective's first.
  std::string prediction;
  /// How many classes to show of each image.
  int64_t top = 3;
  /// A number, or "validation"; empty: 1.
  std::string temperature;
  bool csv = false;
  bool json = false;
};

struct ExportArguments {
  /// As above.
  std::filesystem::path source;
  experiment::Overrides overrides;
  /// Empty: the objective's first.
  std::string prediction;
  /// Empty: NAME.pt in the current directory.
  std::filesystem::path file;
};

/// Each prints its result to standard output and returns the exit status.
int eval(const EvalArguments& arguments);
int predict(const PredictArguments& arguments);
int export_script(const ExportArguments& arguments);

}  // namespace host::commands
