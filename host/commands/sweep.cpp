#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <iostream>
#include <map>
#include <set>

#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/commands/result_commands.h"
#include "host/commands/trained.h"
#include "host/results/overview.h"
#include "host/storage/atomic_file.h"
#include "host/sweep/cell_command.h"
#include "host/sweep/plan.h"
#include "host/sweep/progress.h"
#include "host/sweep/runner.h"
#include "host/sweep/slurm.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

std::string word_for(sweep::State state) {
  switch (state) {
    case sweep::State::fresh: return "not started";
    case sweep::State::interrupted: return "interrupted";
    case sweep::State::finished: return "finished";
  }
  return "";
}

int list(const sweep::Plan& plan, bool any_build) {
  int status = 0;
  for (size_t i = 0; i < plan.cells().size(); ++i) {
    const auto& cell = plan.cells()[i];
    std::cout << i << "  " << cell.name << "  ";
    try {
      const auto progress = sweep::progress_of(cell, any_build);
      std::cout << word_for(progress.state) << (progress.note.empty() ? "" : "; " + progress.note)
                << "\n";
    } catch (const std::exception& error) {
      std::cout << error.what() << "\n";
      status = kFailedStatus;
    }
  }
  return status;
}

/// Prints the command line that trains the cell, or goes on with it; nothing if it is finished.
int print_command(sweep::Cell cell, bool any_build) {
  const auto progress = sweep::progress_of(cell, any_build);
  if (progress.state == sweep::State::finished) return 0;
  cell.directory = progress.directory;
  const bool resume = progress.state == sweep::State::interrupted;
  std::cout << sweep::shell_text(sweep::command_of(cell, resume, {})) << "\n";
  return 0;
}

/// Where this cell's run is complete; empty if it is not, or if its directory was refused.
fs::path finished_run(const sweep::Cell& cell, bool any_build) {
  try {
    const auto progress = sweep::progress_of(cell, any_build);
    return progress.state == sweep::State::finished ? progress.directory : fs::path();
  } catch (const std::exception&) {
    return {};
  }
}

/// Leaves the test metrics only of the setting that validation chose in each family: choosing by
/// test results would make them too optimistic. Notes families that different metrics chose in.
void hide_unchosen(results::Groups& groups, const std::vector<results::Run>& runs,
                   const std::map<fs::path, std::string>& families,
                   std::vector<std::string>& notes) {
  std::map<std::string, results::Group*> chosen;
  std::map<std::string, std::set<std::string>> metrics;
  const auto family_of = [&](const results::Group& group) {
    return families.at(runs.at(group.runs.front()).path);
  };
  for (auto& group : groups.groups) {
    auto*& best = chosen[family_of(group)];
    // select = "last" chooses none.
    if (!group.selected_at) continue;
    metrics[family_of(group)].insert(group.selected_by);
    if (best == nullptr || results::selected_better(group, *best)) best = &group;
  }
  for (const auto& [family, selected_by] : metrics) {
    if (selected_by.size() == 1) continue;
    chosen[family] = nullptr;
    notes.push_back(
        fmt::format("{}: no setting is chosen, for {} do not compare: vary training.select in "
                    "sweeps of their own",
                    family, fmt::join(selected_by, " and ")));
  }
  for (auto& group : groups.groups) {
    if (chosen.at(family_of(group)) != &group) group.metrics.clear();
  }
}

/// The finished runs, one table per set of test images.
void print_tables(const sweep::Plan& plan, bool any_build) {
  std::vector<fs::path> finished;
  std::map<fs::path, std::string> families;
  for (const auto& cell : plan.cells()) {
    const fs::path directory = finished_run(cell, any_build);
    if (directory.empty()) continue;
    finished.push_back(directory);
    families[directory] = cell.family;
  }
  if (finished.empty()) return;
  std::vector<std::string> notes;
  std::map<std::string, std::vector<results::Run>> by_test_split;
  for (auto& run : results::read_runs(finished, notes)) {
    by_test_split[run.test_split].push_back(std::move(run));
  }
  std::string tables;
  for (auto& [split, runs] : by_test_split) {
    auto groups = results::group_by_experiment(runs, notes);
    if (plan.has_grid()) hide_unchosen(groups, runs, families, notes);
    const auto table = results::overview_of(groups, runs);
    std::cout << "\n" << table.plain();
    tables += table.markdown() + "\n";
  }
  if (plan.has_grid()) {
    const std::string rule =
        "Test metrics only of the settings that validation chose; compare shows the others.\n";
    std::cout << rule;
    tables += rule;
  }
  for (const std::string& note : notes) spdlog::warn("{}", note);
  storage::write_atomically(plan.out() / "table.md", tables);
}

}  // namespace

int sweep(const SweepArguments& arguments) {
  const sweep::Plan plan(arguments.file, arguments.out, arguments.settings);
  if (arguments.list) return list(plan, arguments.any_build);
  fs::create_directories(plan.out());
  if (!arguments.slurm.empty()) {
    refuse_input_as_output(arguments.file, arguments.slurm);
    storage::write_atomically(
        arguments.slurm,
        sweep::slurm_script(plan, arguments.file, arguments.any_build, arguments.processes));
    std::cout << "sbatch " << arguments.slurm.string() << "\n";
    return 0;
  }
  auto cells = plan.cells();
  if (arguments.only) {
    if (*arguments.only >= std::ssize(cells)) {
      throw ExperimentError(arguments.file.string() + " has runs 0 to " +
                            std::to_string(cells.size() - 1) + ", no run " +
                            std::to_string(*arguments.only));
    }
    cells = {cells.at(static_cast<size_t>(*arguments.only))};
    if (arguments.print_command) return print_command(cells.front(), arguments.any_build);
  }
  const auto outcome =
      sweep::run(cells, sweep::slots_on(arguments.devices, arguments.jobs), arguments.any_build);
  for (const auto& failure : outcome.failures) {
    std::cout << failure.cell << " failed: " << failure.reason << "\n";
  }
  if (outcome.signal) {
    spdlog::warn("interrupted; rerun the same command to resume");
    return kSignalStatus + *outcome.signal;
  }
  if (!arguments.only) print_tables(plan, arguments.any_build);
  return outcome.failures.empty() ? 0 : kFailedStatus;
}

}  // namespace host::commands
