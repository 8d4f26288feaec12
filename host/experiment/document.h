#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/experiment/profiles.h"
#include "host/experiment/value.h"

namespace host::experiment {

/// What the command line lays over an experiment file.
struct Overrides {
  /// Names of [profile.NAME] tables, "cifar100,sla,smoke", laid over in this order; empty: none.
  std::string profiles = {};
  /// `table.key=value` settings, applied last, in order.
  std::vector<std::string> settings = {};
  /// Keys, as "table.key", that are dropped after the profiles and before the settings.
  std::vector<std::string> unset = {};
};

/// An experiment file as it stands with all that it extends.
struct Layers {
  Table root;
  Profiles profiles;
};

/// Reads an experiment file and those it extends. Throws ExperimentError with file, line and
/// column: a file that is missing or not TOML, a cycle of `extends`.
Layers read_layers(const std::filesystem::path& file);

/// An experiment with everything laid over it.
struct Resolved {
  Table document;
  /// Names of the chosen profiles.
  std::vector<std::string> profiles;
  /// The [dataset] that the experiment means; the document's may be a stand-in.
  Table meant_dataset;
};

/// Reads an experiment file and lays over it what the command line says. Throws ExperimentError.
Resolved resolve(const std::filesystem::path& file, const Overrides& overrides);

/// Reads one TOML file as it stands, without what it extends; paths of plugins become absolute.
/// Throws ExperimentError.
Table read_single_file(const std::filesystem::path& file);

/// Drops keys, as "table.key", from a document. Throws ExperimentError if one is not there.
void unset_keys(Table& root, const std::vector<std::string>& keys);

/// Lays `table.key=value` settings over a document, in order. Throws ExperimentError.
void apply_settings(Table& root, const std::vector<std::string>& settings);

/// Parses TOML text, such as an experiment stored with a run; `name` stands for the file in
/// messages.
Table parse_document(const std::string& text, const std::string& name);

}  // namespace host::experiment
