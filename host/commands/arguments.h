#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "host/commands/experiment_commands.h"

namespace host::commands {

/// Option declarations that commands share. Each adds options to `app` that store their values in
/// the other argument, which must outlive parsing.

/// --set.
void add_settings(CLI::App& app, std::vector<std::string>& settings);

/// --profile, --unset and --set.
void add_overrides(CLI::App& app, experiment::Overrides& overrides);

/// --device: shorthand for --set runtime.device.
void add_device(CLI::App& app, experiment::Overrides& overrides);

/// An experiment file and its overrides. Returns the file's option.
CLI::Option* add_experiment(CLI::App& app, ExperimentArguments& arguments);

/// One or more run directories.
void add_runs(CLI::App& app, std::vector<std::filesystem::path>& runs);

/// --json.
void add_json(CLI::App& app, bool& json);

/// Accepts whole numbers from `minimum` on.
CLI::Validator at_least(int64_t minimum);

/// A number of iterations.
template <typename T>
void add_iterations(CLI::App& app, const std::string& name, T& value, const std::string& help) {
  app.add_option(name, value, help)->type_name("N")->check(at_least(0));
}

/// The commands, grouped by topic. Each sets `status` if it runs.
void add_experiment_commands(CLI::App& app, const std::vector<std::string>& command_line,
                             int& status);
void add_trained_commands(CLI::App& app, int& status);
void add_result_commands(CLI::App& app, int& status);
void add_plugin_commands(CLI::App& app, int& status);
void add_shell_commands(CLI::App& app, int& status);

}  // namespace host::commands
