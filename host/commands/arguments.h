#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "host/commands/experiment_commands.h"

namespace host::commands {

/// Pieces that the declarations of commands share: each adds options to `app` whose values end up
/// in what is passed beside it, which must outlive the parsing.

/// --profile, --unset and --set.
void add_overrides(CLI::App& app, experiment::Overrides& overrides);

/// --device: short for a setting, so that it has one meaning.
void add_device(CLI::App& app, experiment::Overrides& overrides);

/// An experiment file with all that may be laid over it. Returns the option of the file.
CLI::Option* add_experiment(CLI::App& app, ExperimentArguments& arguments);

/// Run directories, at least one.
void add_runs(CLI::App& app, std::vector<std::filesystem::path>& runs);

/// --json.
void add_json(CLI::App& app, bool& json);

/// A number of iterations.
template <typename T>
void add_iterations(CLI::App& app, const std::string& name, T& value, const std::string& help) {
  app.add_option(name, value, help)
      ->type_name("N")
      ->check(CLI::Validator(CLI::NonNegativeNumber).description(""));
}

/// The commands, by what they are about. Each sets `status` when it is the one that is run.
void add_experiment_commands(CLI::App& app, const std::vector<std::string>& command_line,
                             int& status);
void add_result_commands(CLI::App& app, int& status);
void add_plugin_commands(CLI::App& app, int& status);
void add_shell_commands(CLI::App& app, int& status);

}  // namespace host::commands
