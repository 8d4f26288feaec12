#include "host/commands/command_line.h"

#include <sla/detail/registration.h>
#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/base/installation.h"
#include "host/commands/arguments.h"
#include "host/experiment/suggest.h"

namespace host::commands {

namespace {

constexpr const char* kDescription =
    "Trains image classifiers with self-supervised label augmentation; models, datasets,\n"
    "augmentations, transformations and objectives are plugins that an experiment file names.\n\n"
    "  sla_host experiments/cifar100_jigsaw.toml                    train, validate, test\n"
    "  sla_host experiments/cifar100_jigsaw.toml --profile smoke    try it in a minute\n"
    "  sla_host check experiments/cifar100_jigsaw.toml              one step, nothing written\n"
    "  sla_host eval runs/cifar100_jigsaw --split validation        score a run again\n"
    "  sla_host predict runs/photos holiday/                        name what images show\n"
    "  sla_host export runs/photos -o photos.pt                     one file for Python and C++\n"
    "  sla_host reproduce runs/cifar100_jigsaw                      run it again, compare\n"
    "  sla_host runs --where 'seed = 0' --sort -test                find runs\n"
    "  sla_host report runs/cifar*                                  view runs in a browser\n"
    "  sla_host sweep experiments/sweeps/objectives_quick.toml      many runs, one table\n"
    "  sla_host new-plugin transformation my_shifts                 start a plugin";

/// Training has no subcommand: it is the default for an experiment file.
std::shared_ptr<TrainArguments> add_train(CLI::App& app, std::vector<std::string> command) {
  auto arguments = std::make_shared<TrainArguments>();
  arguments->command = std::move(command);
  add_experiment(app, arguments->experiment);
  app.add_option("--out", arguments->out, "Run directory (default runs/NAME)")->type_name("DIR");
  app.add_flag("--resume", arguments->resume, "Continue from the last checkpoint");
  app.add_option("--extend", arguments->extend,
                 "Continue a run to a length of N iterations (or epochs, if its experiment counts "
                 "epochs)")
      ->type_name("N")
      ->check(at_least(1));
  app.add_option("--processes", arguments->processes,
                 "Train in N processes of this machine, one per device; each batch is divided")
      ->type_name("N")
      ->check(at_least(1));
  app.add_option("--slurm", arguments->slurm,
                 "Write a Slurm script that trains in --processes tasks, instead of training")
      ->type_name("FILE");
  add_iterations(app, "--stop-after", arguments->stop_after, "Save and stop after iteration N");
  return arguments;
}

/// Throws Error for a first argument that is neither a command nor the name of any file.
void check_word(const std::filesystem::path& word, const CLI::App& app) {
  std::error_code unreadable;
  if (word.empty() || word.has_extension() || word.has_parent_path() ||
      std::filesystem::exists(word, unreadable)) {
    return;
  }
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  throw Error("unknown command '" + word.string() + "'" +
              experiment::suggest(word.string(), known) +
              ". To train, name the experiment file alone: sla_host EXPERIMENT.toml");
}

/// Rejects what stands in front of a command: it is for training, and would have no effect.
void check_order(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  if (commands.empty()) return;
  const std::string command = commands.front()->get_name();
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() == 0) continue;
    throw Error("'" + option->get_name() + "' in front of '" + command +
                "' is for training; write " + "what is meant for '" + command + "' after it");
  }
}

std::string version_text() {
  const sla::detail::Handshake own;
  return fmt::format("sla_host {}, SDK {}.{}, LibTorch {}", version(), own.sdk_major, own.sdk_minor,
                     own.libtorch.view());
}

}  // namespace

int run_command_line(int argument_count, char** arguments) {
  const std::vector<std::string> command_line(arguments, arguments + argument_count);
  CLI::App app(kDescription, "sla_host");
  app.require_subcommand(0, 1);
  int status = 0;
  const auto train_arguments = add_train(app, command_line);
  add_experiment_commands(app, command_line, status);
  add_trained_commands(app, status);
  add_result_commands(app, status);
  add_plugin_commands(app, status);
  add_shell_commands(app, status);

  app.set_version_flag("--version", &version_text);
  app.parse_complete_callback([&] { check_order(app); });

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    // A mistyped command is taken for an experiment's file.
    if (app.get_subcommands().empty()) check_word(train_arguments->experiment.file, app);
    return app.exit(error) == 0 ? 0 : kUserErrorStatus;
  }
  if (!app.get_subcommands().empty()) return status;
  check_word(train_arguments->experiment.file, app);
  if (!train_arguments->experiment.file.empty()) return train(*train_arguments);
  app.exit(CLI::CallForHelp());
  return kUserErrorStatus;
}

}  // namespace host::commands
