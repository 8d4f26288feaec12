#include "host/commands/arguments.h"

#include <spdlog/fmt/fmt.h>

#include <iostream>

#include "host/base/installation.h"

namespace host::commands {

namespace {

/// An experiment that does not exist here, but came with the program.
std::string with_installed(const std::string& name) {
  std::error_code unreadable;
  if (std::filesystem::exists(name, unreadable) || !std::filesystem::path(name).has_extension()) {
    return name;
  }
  const auto installed = installed_file(name);
  if (!installed) return name;
  std::cerr << "sla_host: " << name << " is " << installed->string()
            << ", which came with the program\n";
  return installed->string();
}

}  // namespace

void add_settings(CLI::App& app, std::vector<std::string>& settings) {
  app.add_option("--set", settings, "Override TABLE.KEY")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void add_overrides(CLI::App& app, experiment::Overrides& overrides) {
  app.add_option("--profile", overrides.profiles, "Apply these profiles, in this order")
      ->type_name("NAME,NAME")
      ->check(CLI::Validator(
          [](const std::string& names) {
            return names.empty() ? "needs at least one profile; to use none, omit the option" : "";
          },
          ""));
  app.add_option("--unset", overrides.unset, "Remove TABLE.KEY from the experiment")
      ->type_name("KEY")
      ->allow_extra_args(false);
  add_settings(app, overrides.settings);
}

void add_device(CLI::App& app, experiment::Overrides& overrides) {
  app.add_option_function<std::string>(
         "--device",
         [&](const std::string& device) {
           overrides.settings.push_back("runtime.device=\"" + device + "\"");
         },
         "cpu, cuda, cuda:N or auto")
      ->type_name("DEVICE");
}

CLI::Option* add_experiment(CLI::App& app, ExperimentArguments& arguments) {
  auto* file = app.add_option("experiment", arguments.file, "Experiment file")
                   ->type_name("EXPERIMENT.toml")
                   ->transform(CLI::Validator(
                       [](std::string& name) {
                         name = with_installed(name);
                         return std::string();
                       },
                       ""));
  add_overrides(app, arguments.overrides);
  add_device(app, arguments.overrides);
  return file;
}

void add_runs(CLI::App& app, std::vector<std::filesystem::path>& runs) {
  app.add_option("run", runs, "Run directory")->required()->type_name("RUN");
}

CLI::Validator at_least(int64_t minimum) {
  return {[=](const std::string& text) {
            int64_t number = 0;
            const bool fits = CLI::detail::lexical_cast(text, number) && number >= minimum;
            return fits ? ""
                        : fmt::format("must be a whole number of at least {}, not '{}'", minimum,
                                      text);
          },
          ""};
}

void add_json(CLI::App& app, bool& json) { app.add_flag("--json", json, "Print JSON"); }

}  // namespace host::commands
