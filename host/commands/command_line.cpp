#include "host/commands/command_line.h"

#include <CLI/CLI.hpp>

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
    "  sla_host reproduce runs/cifar100_jigsaw                      run it again, compare";

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

}  // namespace

int run_command_line(int argument_count, char** arguments) {
  CLI::App app(kDescription, "sla_host");
  app.require_subcommand(0, 1);
  int status = 0;

  TrainArguments train_arguments;
  train_arguments.command.assign(arguments, arguments + argument_count);
  add_experiment(app, train_arguments.experiment);
  app.add_option("--out", train_arguments.out, "Run directory (default runs/NAME)")
      ->type_name("DIR");
  app.add_flag("--resume", train_arguments.resume, "Continue the run from its last checkpoint");
  add_iterations(app, "--stop-after", train_arguments.stop_after,
                 "Save and stop after so many iterations of the run");

  ExperimentArguments check_arguments;
  auto* check_command = app.add_subcommand(
      "check", "Load, validate, build and run one step of an experiment; write nothing");
  add_experiment(*check_command, check_arguments)->required();
  check_command->callback([&] { status = check(check_arguments); });

  VerifyResumeArguments verify_arguments;
  auto* verify_command = app.add_subcommand(
      "verify-resume",
      "Run an experiment twice, once interrupted, and compare every bit of the two runs");
  add_experiment(*verify_command, verify_arguments.experiment)->required();
  add_iterations(*verify_command, "--at", verify_arguments.at,
                 "Iterations to interrupt after (default half way)");
  verify_command->add_option("--out", verify_arguments.out, "Keep both runs in this directory")
      ->type_name("DIR");
  verify_command->callback([&] { status = verify_resume(verify_arguments); });

  ReproduceArguments reproduce_arguments;
  reproduce_arguments.command = train_arguments.command;
  auto* reproduce_command = app.add_subcommand(
      "reproduce", "Start a run's experiment again, say what changed since, compare every bit");
  reproduce_command->add_option("run", reproduce_arguments.run, "Run directory")
      ->required()
      ->type_name("RUN");
  reproduce_command
      ->add_option("--out", reproduce_arguments.out, "Run directory (default RUN-reproduced)")
      ->type_name("DIR");
  reproduce_command->callback([&] { status = reproduce(reproduce_arguments); });

  EvalArguments eval_arguments;
  eval_arguments.split = "test";
  auto* eval_command = app.add_subcommand(
      "eval", "Score runs, checkpoints, .safetensors or PyTorch's .pth weights again");
  eval_command->add_option("source", eval_arguments.sources, "Run directory or weights file")
      ->required()
      ->type_name("RUN|WEIGHTS");
  eval_command
      ->add_option("--experiment", eval_arguments.experiment.file,
                   "Experiment of weights that do not carry it")
      ->type_name("EXPERIMENT.toml");
  eval_command->add_option("--split", eval_arguments.split, "train, validation or test")
      ->capture_default_str();
  eval_command->add_option("--prediction", eval_arguments.predictions, "Predictions to score")
      ->type_name("NAME");
  eval_command->add_option("--save-weights", eval_arguments.save_weights, "Write as safetensors")
      ->type_name("FILE");
  add_overrides(*eval_command, eval_arguments.experiment.overrides);
  add_device(*eval_command, eval_arguments.experiment.overrides);
  eval_command->callback([&] { status = eval(eval_arguments); });

  auto* plugins_command = app.add_subcommand("plugins", "List the plugins in the search path");
  plugins_command->callback([&] { status = plugins({}); });

  std::string name;
  auto* describe_command =
      app.add_subcommand("describe", "Print the parameters of a plugin's components");
  describe_command->add_option("name", name, "Plugin or component")->required();
  describe_command->callback([&] { status = describe(name); });

  std::filesystem::path file;
  auto* inspect_command = app.add_subcommand(
      "inspect",
      "Print what a plugin file was built with, and its components (this runs its code)");
  inspect_command->add_option("file", file, "Plugin file")->required()->type_name("FILE.so");
  inspect_command->callback([&] { status = inspect(file); });

  NewPluginArguments new_arguments;
  auto* new_command = app.add_subcommand(
      "new-plugin", "Write a plugin that builds, passes its tests and trains, to start from");
  new_command->add_option("kind", new_arguments.kind, "transformation, dataset, model or objective")
      ->required()
      ->type_name("KIND");
  new_command->add_option("name", new_arguments.name, "The plugin's name, such as my_rotation")
      ->required()
      ->type_name("NAME");
  new_command->add_option("--dir", new_arguments.folder, "Where to write it (default NAME)")
      ->type_name("DIR");
  new_command->callback([&] { status = new_plugin(new_arguments); });

  ConformanceArguments conformance_arguments;
  auto* conformance_command = app.add_subcommand(
      "conformance", "Hold a plugin's components against the contracts of the SDK");
  conformance_command->add_option("file", conformance_arguments.file, "Plugin file")
      ->required()
      ->type_name("FILE.so");
  conformance_command
      ->add_option("--set", conformance_arguments.settings, "A parameter of a component")
      ->type_name("COMPONENT.KEY=VALUE")
      ->allow_extra_args(false);
  conformance_command->callback([&] { status = conformance(conformance_arguments); });

  std::filesystem::path patient;
  auto* doctor_command = app.add_subcommand(
      "doctor", "Find out why a plugin, or any in the search path, does not load, and what to do");
  doctor_command->add_option("file", patient, "Plugin file (default: all in the search path)")
      ->type_name("FILE.so");
  doctor_command->callback([&] { status = doctor(patient); });

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageStatus;
  }
  if (app.get_subcommands().empty()) {
    if (train_arguments.experiment.file.empty()) {
      app.exit(CLI::CallForHelp());
      return kUsageStatus;
    }
    return train(train_arguments);
  }
  return status;
}

}  // namespace host::commands
