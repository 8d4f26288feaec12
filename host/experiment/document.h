#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/experiment/profiles.h"
#include "host/experiment/value.h"

namespace host::experiment {

/// Command-line overrides of an experiment file.
struct Overrides {
  /// Names of [profile.NAME] tables, "cifar100,sla,smoke", applied in this order; empty: none.
  std::string profiles = {};
  /// `table.key=value` settings, applied last, in order.
  std::vector<std::string> settings = {};
  /// Keys, as "table.key", to remove after the profiles and before the settings.
  std::vector<std::string> unset = {};
};

/// An experiment file merged with all that it extends.
struct Layers {
  Table root;
  Profiles profiles;
};

/// Reads an experiment file and those it extends. Throws ExperimentError with file, line and column
/// if a file is missing or not TOML, or if `extends` forms a cycle.
Layers read_layers(const std::filesystem::path& file);

/// An experiment with all overrides applied.
struct Resolved {
  Table document;
  /// Names of the chosen profiles.
  std::vector<std::string> profiles;
  /// The [dataset] that the experiment is about; the document's may be a stand-in.
  Table meant_dataset;
};

/// Reads an experiment file and applies the command-line overrides. Throws ExperimentError.
Resolved resolve(const std::filesystem::path& file, const Overrides& overrides);

/// Reads one TOML file without what it extends; plugin paths become absolute. Throws
/// ExperimentError.
Table read_single_file(const std::filesystem::path& file);

/// Removes keys, as "table.key", from a document. Throws ExperimentError if one is missing.
void unset_keys(Table& root, const std::vector<std::string>& keys);

/// The document that a `table.key=value` setting stands for. Throws ExperimentError.
Table parse_setting(const std::string& setting);

/// Applies `table.key=value` settings to a document, in order. Throws ExperimentError.
void apply_settings(Table& root, const std::vector<std::string>& settings);

/// Parses TOML text, such as an experiment stored with a run. Messages call it `name` instead of a
/// file name.
Table parse_document(const std::string& text, const std::string& name);

}  // namespace host::experiment
