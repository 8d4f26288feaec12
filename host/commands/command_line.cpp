#include "host/commands/command_line.h"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

#include "host/commands/commands.h"

namespace host::commands {

namespace {

constexpr int kUsageStatus = 2;

constexpr const char* kDescription =
    "Trains image classifiers with self-supervised label augmentation; models, datasets,\n"
    "transformations and objectives are plugins that an experiment file names.\n\n"
    "  sla_host experiments/cifar100_jigsaw.toml                    train, validate, test\n"
    "  sla_host experiments/cifar100_jigsaw.toml --profile smoke    try it in a minute\n"
    "  sla_host check experiments/cifar100_jigsaw.toml              one step, nothing written\n"
    "  sla_host eval runs/cifar100_jigsaw --split validation        score a run again\n"
    "  sla_host reproduce runs/cifar100_jigsaw                      run it again, compare\n"
    "  sla_host new-plugin transformation my_shifts                 begin a plugin";

void add_overrides(CLI::App& app, experiment::Overrides& overrides) {
  app.add_option("--set", overrides.settings, "Lay TABLE.KEY=VALUE over the experiment")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--profile", overrides.profile, "Lay [profile.NAME] over the experiment")
      ->type_name("NAME");
}

/// --device is short for a setting, so that it has one meaning.
void add_device(CLI::App& app, experiment::Overrides& overrides) {
  app.add_option_function<std::string>(
         "--device",
         [&](const std::string& device) {
           overrides.settings.push_back("runtime.device=\"" + device + "\"");
         },
         "cpu, cuda, cuda:N or auto")
      ->type_name("DEVICE");
}

/// Returns the option of the experiment file.
CLI::Option* add_experiment(CLI::App& app, ExperimentArguments& arguments) {
  auto* file =
      app.add_option("experiment", arguments.file, "Experiment file")->type_name("EXPERIMENT.toml");
  add_overrides(app, arguments.overrides);
  add_device(app, arguments.overrides);
  return file;
}

/// A number of iterations.
void add_iterations(CLI::App& app, const std::string& name, auto& value, const std::string& help) {
  app.add_option(name, value, help)
      ->type_name("N")
      ->check(CLI::Validator(CLI::NonNegativeNumber).description(""));
}

/// Training has no name of its own: it is what happens to an experiment file.
std::shared_ptr<TrainArguments> add_train(CLI::App& app, std::vector<std::string> command) {
  const auto arguments = std::make_shared<TrainArguments>();
  arguments->command = std::move(command);
  add_experiment(app, arguments->experiment);
  app.add_option("--out", arguments->out, "Run directory (default runs/NAME)")->type_name("DIR");
  app.add_flag("--resume", arguments->resume, "Continue the run from its last checkpoint");
  add_iterations(app, "--stop-after", arguments->stop_after,
                 "Save and stop after so many iterations of the run");
  return arguments;
}

void add_check(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<ExperimentArguments>();
  auto* command = app.add_subcommand(
      "check", "Load, validate, build and run one step of an experiment; write nothing");
  add_experiment(*command, *arguments)->required();
  command->footer("Example: sla_host check mine.toml --set transformation.plugin=rotation");
  command->callback([arguments, &status] { status = check(*arguments); });
}

void add_verify_resume(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<VerifyResumeArguments>();
  auto* command = app.add_subcommand(
      "verify-resume",
      "Run an experiment twice, once interrupted, and compare every bit of the two runs");
  add_experiment(*command, arguments->experiment)->required();
  add_iterations(*command, "--at", arguments->at,
                 "Iterations to interrupt after (default half way)");
  command->add_option("--out", arguments->out, "Keep both runs in this directory")
      ->type_name("DIR");
  command->footer("Example: sla_host verify-resume mine.toml --profile smoke --at 10 --at 40");
  command->callback([arguments, &status] { status = verify_resume(*arguments); });
}

void add_reproduce(CLI::App& app, std::vector<std::string> command_line, int& status) {
  const auto arguments = std::make_shared<ReproduceArguments>();
  arguments->command = std::move(command_line);
  auto* command = app.add_subcommand(
      "reproduce", "Start a run's experiment again, say what changed since, compare every bit");
  command->add_option("run", arguments->run, "Run directory")->required()->type_name("RUN");
  command->add_option("--out", arguments->out, "Run directory (default RUN-reproduced)")
      ->type_name("DIR");
  command->footer("Example: sla_host reproduce runs/cifar100_jigsaw");
  command->callback([arguments, &status] { status = reproduce(*arguments); });
}

void add_eval(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<EvalArguments>();
  arguments->split = "test";
  auto* command = app.add_subcommand(
      "eval", "Score runs, checkpoints, .safetensors or PyTorch's .pth weights again");
  command->add_option("source", arguments->sources, "Run directory or weights file")
      ->required()
      ->type_name("RUN|WEIGHTS");
  command
      ->add_option("--experiment", arguments->experiment.file,
                   "Experiment of weights that do not carry it")
      ->type_name("EXPERIMENT.toml");
  command->add_option("--split", arguments->split, "train, validation or test")
      ->capture_default_str();
  command->add_option("--prediction", arguments->predictions, "Predictions to score")
      ->type_name("NAME");
  command->add_option("--save-weights", arguments->save_weights, "Write as safetensors")
      ->type_name("FILE");
  add_overrides(*command, arguments->experiment.overrides);
  add_device(*command, arguments->experiment.overrides);
  command->footer("Example: sla_host eval runs/cifar100_jigsaw --split validation");
  command->callback([arguments, &status] { status = eval(*arguments); });
}

void add_plugin_lists(CLI::App& app, int& status) {
  auto* list = app.add_subcommand("plugins", "List the plugins in the search path");
  list->callback([&status] { status = plugins({}); });

  const auto name = std::make_shared<std::string>();
  auto* one = app.add_subcommand("describe", "Print the parameters of a plugin's components");
  one->add_option("name", *name, "Plugin or component")->required()->type_name("NAME");
  one->footer("Example: sla_host describe jigsaw");
  one->callback([name, &status] { status = describe(*name); });

  const auto file = std::make_shared<std::filesystem::path>();
  auto* any = app.add_subcommand(
      "inspect",
      "Print what a plugin file was built with, and its components (this runs its code)");
  any->add_option("file", *file, "Plugin file")->required()->type_name("FILE.so");
  any->footer("Example: sla_host inspect my_shifts/build/my_shifts.so");
  any->callback([file, &status] { status = inspect(*file); });
}

void add_new_plugin(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<NewPluginArguments>();
  auto* command = app.add_subcommand(
      "new-plugin", "Write a plugin that builds, passes its tests and trains, to start from");
  command->add_option("kind", arguments->kind, "transformation, dataset, model or objective")
      ->required()
      ->type_name("KIND");
  command->add_option("name", arguments->name, "The plugin's name, such as my_rotation")
      ->required()
      ->type_name("NAME");
  command->add_option("--dir", arguments->folder, "Where to write it (default NAME)")
      ->type_name("DIR");
  command->footer("Example: sla_host new-plugin transformation my_shifts");
  command->callback([arguments, &status] { status = new_plugin(*arguments); });
}

void add_conformance(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<ConformanceArguments>();
  auto* command = app.add_subcommand("conformance",
                                     "Hold a plugin's components against the contracts of the SDK");
  command->add_option("file", arguments->file, "Plugin file")->required()->type_name("FILE.so");
  command->add_option("--set", arguments->settings, "A parameter of a component")
      ->type_name("COMPONENT.KEY=VALUE")
      ->allow_extra_args(false);
  command->footer("Example: sla_host conformance build/my_data.so --set my_data.root=pictures");
  command->callback([arguments, &status] { status = conformance(*arguments); });
}

void add_doctor(CLI::App& app, int& status) {
  const auto file = std::make_shared<std::filesystem::path>();
  auto* command = app.add_subcommand(
      "doctor", "Find out why a plugin, or any in the search path, does not load, and what to do");
  command->add_option("file", *file, "Plugin file (default: all in the search path)")
      ->type_name("FILE.so");
  command->footer("Example: sla_host doctor build/my_shifts.so");
  command->callback([file, &status] { status = doctor(*file); });
}

}  // namespace

int run_command_line(int argument_count, char** arguments) {
  const std::vector<std::string> command_line(arguments, arguments + argument_count);
  CLI::App app(kDescription, "sla_host");
  app.require_subcommand(0, 1);
  int status = 0;
  const auto train_arguments = add_train(app, command_line);
  add_check(app, status);
  add_verify_resume(app, status);
  add_reproduce(app, command_line, status);
  add_eval(app, status);
  add_plugin_lists(app, status);
  add_new_plugin(app, status);
  add_conformance(app, status);
  add_doctor(app, status);

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageStatus;
  }
  if (!app.get_subcommands().empty()) return status;
  if (!train_arguments->experiment.file.empty()) return train(*train_arguments);
  app.exit(CLI::CallForHelp());
  return kUsageStatus;
}

}  // namespace host::commands
