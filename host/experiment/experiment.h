#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/experiment/document.h"
#include "host/experiment/options.h"
#include "host/experiment/value.h"

namespace host::experiment {

/// A table that names a component and holds its parameters, which are checked once the plugin is
/// loaded and has declared them.
struct ComponentTable {
  /// Name of a plugin in the search path, or absolute path of a .so.
  std::string plugin;
  /// Name of the component; empty: the plugin's name, or its only component of the kind.
  std::string component;
  /// The whole table, including `plugin` and `component`.
  Table table;
  Location where;
  /// The dataset that this one wraps, if the table has a `source`; at most one.
  std::vector<ComponentTable> source = {};
};

/// One experiment, fully checked except for plugin parameters.
struct Experiment {
  /// The file's name without directory and extension, and the profiles: "cifar-cifar100-sla".
  std::string name;
  int64_t seed = 0;
  /// Folders searched for plugins before all others.
  std::vector<std::filesystem::path> plugin_path;

  ComponentTable dataset;
  ComponentTable model;
  ComponentTable objective;
  /// A file or a finished run whose weights the network starts with; empty: random weights.
  std::filesystem::path initial_weights;
  /// Random augmentations of training images, applied in order.
  std::vector<ComponentTable> augmentations;
  /// Their Cartesian product is applied, the first outermost; empty: identity only.
  std::vector<ComponentTable> transformations;

  NormalisationOptions normalisation;
  OptimizerOptions optimizer;
  std::vector<ParameterGroup> parameter_groups;
  ScheduleOptions schedule;
  TrainingOptions training;
  CheckpointOptions checkpoints;
  EvaluationOptions evaluation;
  ProtocolOptions protocol;
  RuntimeOptions runtime;
  std::vector<PublishedValue> published;

  /// The resolved document all this was read from.
  Table document;
  /// If a profile or --set has replaced the source of images by another: the plugin that the
  /// experiment is about, such as "cifar", and the one that stands in for it.
  std::optional<std::pair<std::string, std::string>> replaced_dataset = std::nullopt;
};

/// The location of a key, or of its table if the key is not given, as a message prefix:
/// "FILE:LINE:COLUMN: "; empty if neither exists.
std::string place_of(const Table& document, const std::string& table, const std::string& key);

/// Reads and checks an experiment file. Throws ExperimentError.
Experiment read_experiment(const std::filesystem::path& file, const Overrides& overrides);

/// The same from a document, such as one stored with a run. `name` becomes the experiment's name.
Experiment interpret(Table document, const std::string& name);

}  // namespace host::experiment
