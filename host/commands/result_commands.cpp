#include "host/commands/result_commands.h"

#include <memory>

#include "host/commands/arguments.h"

namespace host::commands {

namespace {

void add_report(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<ReportArguments>();
  auto* command = app.add_subcommand(
      "report", "Show runs in one HTML file: curves, confusions, calibration, cost, provenance");
  add_runs(*command, arguments->runs);
  command
      ->add_option("-o,--output", arguments->file,
                   "HTML file (default: report.html in the run, or here for several)")
      ->type_name("FILE.html");
  command->footer("Example: sla_host report runs/cifar-cifar100-* -o cifar100.html");
  command->callback([arguments, &status] { status = report(*arguments); });
}

void add_compare(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<CompareArguments>();
  auto* command = app.add_subcommand(
      "compare", "Print runs' test accuracy over seeds, and the settings that differ");
  add_runs(*command, arguments->runs);
  add_json(*command, arguments->json);
  command->footer("Example: sla_host compare runs/cifar-cifar100-baseline* runs/cifar100_jigsaw*");
  command->callback([arguments, &status] { status = compare(*arguments); });
}

void add_sweep(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<SweepArguments>();
  auto* command = app.add_subcommand(
      "sweep", "Run every combination of experiments, settings and seeds; rerun to resume");
  command->add_option("sweep", arguments->file, "Sweep file")->required()->type_name("SWEEP.toml");
  command->add_option("--out", arguments->out, "Directory for the runs (default runs/NAME)")
      ->type_name("DIR");
  add_settings(*command, arguments->settings);
  command
      ->add_option("--devices", arguments->devices,
                   "Devices to use in parallel (default: the experiments' own)")
      ->delimiter(',')
      ->type_name("DEVICE,...")
      ->allow_extra_args(false);
  command->add_option("--jobs", arguments->jobs, "Concurrent runs per device (default 1)")
      ->type_name("N")
      ->check(at_least(1));
  command->add_option("--only", arguments->only, "Run only number N, counted from 0")
      ->type_name("N")
      ->check(at_least(0));
  command
      ->add_flag("--print-command", arguments->print_command,
                 "Print the command of the --only run instead of running it; nothing if it is "
                 "finished")
      ->needs(command->get_option("--only"));
  command->add_flag("--list", arguments->list, "List the runs and their progress; run nothing");
  command->add_flag("--any-build", arguments->any_build,
                    "Count runs by other builds of the plugins, the host or LibTorch, and with "
                    "other weights, too");
  command
      ->add_option("--slurm", arguments->slurm,
                   "Write a Slurm job-array script for the sweep; run nothing")
      ->type_name("FILE.sh")
      ->excludes(command->get_option("--devices"))
      ->excludes(command->get_option("--jobs"))
      ->excludes(command->get_option("--only"))
      ->excludes(command->get_option("--list"));
  command
      ->add_option("--processes", arguments->processes,
                   "In the Slurm script, train each run in N tasks")
      ->type_name("N")
      ->check(at_least(1))
      ->needs(command->get_option("--slurm"));
  command->footer("Example: sla_host sweep experiments/sweeps/objectives_quick.toml --jobs 2");
  command->callback([arguments, &status] { status = sweep(*arguments); });
}

void add_table(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<TableArguments>();
  auto* command =
      app.add_subcommand("table", "Print a paper's table next to the results of our runs");
  command->add_option("table", arguments->file, "Table file")->required()->type_name("TABLE.toml");
  command->add_option("--runs", arguments->runs, "Directory to search for runs (default runs)")
      ->type_name("DIR");
  command->add_option("-o,--output", arguments->outputs, "Write the table as .md, .csv or .tex")
      ->type_name("FILE")
      ->allow_extra_args(false);
  add_json(*command, arguments->json);
  add_overrides(*command, arguments->overrides);
  command->footer("Example: sla_host table experiments/tables/imbalanced.toml -o table.tex");
  command->callback([arguments, &status] { status = table(*arguments); });
}

void add_runs_list(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<RunsArguments>();
  auto& query = arguments->query;
  auto* command = app.add_subcommand("runs", "List runs: state, components, metrics, tags");
  command->add_option("folder", arguments->folder, "Folder to search (default runs)")
      ->type_name("DIR");
  const auto add_list = [&](const char* name, std::vector<std::string>& list, const char* help) {
    return command->add_option(name, list, help)->allow_extra_args(false);
  };
  add_list("--where", query.where, "Only runs for which this holds; all of several must")
      ->type_name("CONDITION");
  add_list("--tag", query.tags, "Only runs with this tag")->type_name("TAG");
  command->add_option("--sort", query.sort, "Sort by a column; -COLUMN: descending")
      ->type_name("COLUMN");
  add_list("--columns", query.columns,
           "Columns to show: those of the table, name, iteration, note, keys of the experiment "
           "(optimizer.learning_rate) and test metrics (aggregated.accuracy)")
      ->delimiter(',')
      ->type_name("COLUMN,...");
  auto* csv = command->add_flag("--csv", arguments->csv, "Print comma-separated values");
  add_json(*command, arguments->json);
  command->get_option("--json")->excludes(csv);
  command->footer("Example: sla_host runs --where 'objective.plugin = \"sla\"' --sort -validation");
  command->callback([arguments, &status] { status = runs(*arguments); });
}

void add_watch(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<WatchArguments>();
  auto* command = app.add_subcommand("watch", "Show the curves of a run while it trains");
  command->add_option("run", arguments->run, "Run directory (default: the newest below runs/)")
      ->type_name("RUN");
  command->footer("Example: sla_host watch runs/photos");
  command->callback([arguments, &status] { status = watch(*arguments); });
}

void add_tag(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<TagArguments>();
  auto* command = app.add_subcommand("tag", "Tag runs, or write a note about them");
  add_runs(*command, arguments->runs);
  const auto add_list = [&](const char* name, std::vector<std::string>& list, const char* help) {
    command->add_option(name, list, help)
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("TAG,...");
  };
  add_list("--add", arguments->add, "Add tags");
  add_list("--remove", arguments->remove, "Remove tags");
  command->add_option("--note", arguments->note, "Replace the note; \"\" removes it")
      ->type_name("TEXT");
  command->footer("Example: sla_host tag runs/photos-3 --add paper --note \"the one in figure 2\"");
  command->callback([arguments, &status] { status = tag(*arguments); });
}

}  // namespace

void add_result_commands(CLI::App& app, int& status) {
  add_report(app, status);
  add_compare(app, status);
  add_sweep(app, status);
  add_table(app, status);
  add_runs_list(app, status);
  add_watch(app, status);
  add_tag(app, status);
}

}  // namespace host::commands
