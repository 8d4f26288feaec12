#include "host/commands/experiment_commands.h"

#include <memory>
#include <string>
#include <vector>

#include "host/commands/arguments.h"

namespace host::commands {

namespace {

void add_check(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<CheckArguments>();
  auto* command = app.add_subcommand(
      "check", "Validate an experiment, build it and run one step; write nothing");
  add_experiment(*command, arguments->experiment)->required();
  add_json(*command, arguments->json);
  command->footer("Example: sla_host check experiments/cifar.toml --profile cifar10,sla,rotation");
  command->callback([arguments, &status] { status = check(*arguments); });
}

void add_verify_resume(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<VerifyResumeArguments>();
  auto* command = app.add_subcommand(
      "verify-resume",
      "Run an experiment twice, once interrupted, and compare the runs bit for bit");
  add_experiment(*command, arguments->experiment)->required();
  add_iterations(*command, "--at", arguments->at, "Interrupt after iteration N (default: halfway)");
  command
      ->add_option("--processes", arguments->processes,
                   "Train the interrupted run in N processes, the other one in one")
      ->type_name("N")
      ->check(at_least(1));
  command->add_option("--out", arguments->out, "Keep both runs in this directory")
      ->type_name("DIR");
  command->footer("Example: sla_host verify-resume mine.toml --profile smoke --at 10 --at 40");
  command->callback([arguments, &status] { status = verify_resume(*arguments); });
}

void add_reproduce(CLI::App& app, std::vector<std::string> command_line, int& status) {
  const auto arguments = std::make_shared<ReproduceArguments>();
  arguments->command = std::move(command_line);
  auto* command = app.add_subcommand(
      "reproduce", "Repeat a run, report what changed since, compare bit for bit");
  command->add_option("run", arguments->run, "Run directory")->required()->type_name("RUN");
  command->add_option("--out", arguments->out, "Run directory (default RUN-reproduced)")
      ->type_name("DIR");
  command->footer("Example: sla_host reproduce runs/cifar100_jigsaw");
  command->callback([arguments, &status] { status = reproduce(*arguments); });
}

void add_gallery(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<GalleryArguments>();
  auto* command = app.add_subcommand(
      "gallery", "Draw the first training batch as the model sees it, with joint labels");
  add_experiment(*command, arguments->experiment)->required();
  command->add_option("-o,--output", arguments->file, "PNG file (default NAME_gallery.png)")
      ->type_name("FILE.png");
  command->footer("Example: sla_host gallery experiments/cifar100_jigsaw.toml -o jigsaw.png");
  command->callback([arguments, &status] { status = gallery(*arguments); });
}

}  // namespace

void add_experiment_commands(CLI::App& app, const std::vector<std::string>& command_line,
                             int& status) {
  add_check(app, status);
  add_verify_resume(app, status);
  add_reproduce(app, command_line, status);
  add_gallery(app, status);
}

}  // namespace host::commands
