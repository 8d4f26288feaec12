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

/// A table that names a component and gives its parameters; they are checked once the plugin is
/// loaded and has declared them.
struct ComponentTable {
  /// Name of a plugin in the search path, or absolute path of a .so.
  std::string plugin;
  /// Name of the component; empty: the plugin's name, or its only component of the kind.
  std::string component;
  /// The whole table, `plugin` and `component` included.
  Table table;
  Location where;
  /// The dataset that this one is made of, where the table has a `source`; at most one.
  std::vector<ComponentTable> source = {};
};

/// One experiment, checked but for the parameters of its plugins.
struct Experiment {
  /// The file's name without directory and extension, and the profiles: "cifar-cifar100-sla".
  std::string name;
  int64_t seed = 0;
  /// Folders to look for plugins in, before all others.
  std::vector<std::filesystem::path> plugin_path;

  ComponentTable dataset;
  ComponentTable model;
  ComponentTable objective;
  /// Their Cartesian product is applied, the first outermost; empty: only the identity.
  std::vector<ComponentTable> transformations;

  AugmentationOptions augmentation;
  NormalisationOptions normalisation;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  TrainingOptions training;
  CheckpointOptions checkpoints;
  EvaluationOptions evaluation;
  ProtocolOptions protocol;
  RuntimeOptions runtime;
  std::vector<PublishedValue> published;

  /// The document all this was read from, resolved.
  Table document;
  /// If a profile's dataset stands in for the one that the images are meant to come from: the
  /// plugin of that, such as "cifar", and the plugin that stands in for it.
  std::optional<std::pair<std::string, std::string>> replaced_dataset = std::nullopt;
};

/// Where a key of a table stands, or the table where the key is not given, as the beginning of a
/// message: "FILE:LINE:COLUMN: "; empty where neither is.
std::string place_of(const Table& document, const std::string& table, const std::string& key);

/// Reads and checks an experiment file. Throws ExperimentError.
Experiment read_experiment(const std::filesystem::path& file, const Overrides& overrides);

/// The same from a document, such as one stored with a run. `name` becomes the experiment's name.
Experiment interpret(Table document, const std::string& name);

}  // namespace host::experiment
