#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/experiment/value.h"

namespace host::experiment {

/// What the command line lays over an experiment file.
struct Overrides {
  /// Name of a [profile.NAME] table; empty: none.
  std::string profile;
  /// `table.key=value` settings, applied in order after the profile.
  std::vector<std::string> settings;
};

/// Reads an experiment file with everything it extends, lays the chosen profile and the settings
/// over it, and drops `extends` and `profile`. Throws ExperimentError with file, line and column: a
/// file that is missing or not TOML, a cycle of `extends`, an unknown profile, a bad setting.
Table read_document(const std::filesystem::path& file, const Overrides& overrides);

/// Reads one TOML file as it stands, without what it extends; paths of plugins become absolute.
/// Throws ExperimentError.
Table read_single_file(const std::filesystem::path& file);

/// Lays `table.key=value` settings over a document, in order. Throws ExperimentError.
void apply_settings(Table& root, const std::vector<std::string>& settings);

/// Parses TOML text, such as an experiment stored with a run; `name` stands for the file in
/// messages.
Table parse_document(const std::string& text, const std::string& name);

}  // namespace host::experiment
