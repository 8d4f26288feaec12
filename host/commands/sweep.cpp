#include <spdlog/spdlog.h>

#include <iostream>
#include <map>

#include "host/base/errors.h"
#include "host/commands/exit_status.h"
#include "host/commands/result_commands.h"
#include "host/results/overview.h"
#include "host/storage/atomic_file.h"
#include "host/sweep/plan.h"
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

int list(const sweep::Plan& plan) {
  int status = 0;
  for (size_t i = 0; i < plan.cells().size(); ++i) {
    const auto& cell = plan.cells()[i];
    std::cout << i << "  " << cell.name << "  ";
    try {
      std::cout << word_for(sweep::state_of(cell)) << "\n";
    } catch (const std::exception& error) {
      std::cout << error.what() << "\n";
      status = kFailedStatus;
    }
  }
  return status;
}

/// Whether this cell's run is complete; a directory that holds another run was refused.
bool is_finished(const sweep::Cell& cell) {
  try {
    return sweep::state_of(cell) == sweep::State::finished;
  } catch (const std::exception&) {
    return false;
  }
}

/// The finished runs, one table per set of test images.
void print_tables(const sweep::Plan& plan) {
  std::vector<fs::path> directories;
  for (const auto& cell : plan.cells()) {
    if (is_finished(cell)) directories.push_back(cell.directory);
  }
  if (directories.empty()) return;
  std::vector<std::string> notes;
  std::map<std::string, std::vector<results::Run>> by_test_split;
  for (auto& run : results::read_runs(directories, notes)) {
    by_test_split[run.test_split].push_back(std::move(run));
  }
  std::string tables;
  for (auto& [split, runs] : by_test_split) {
    const auto groups = results::group_by_experiment(runs, notes);
    const auto table = results::overview_of(groups, runs);
    std::cout << "\n" << table.plain();
    tables += table.markdown() + "\n";
  }
  for (const std::string& note : notes) spdlog::warn("{}", note);
  storage::write_atomically(plan.out() / "table.md", tables);
}

}  // namespace

int sweep(const SweepArguments& arguments) {
  const sweep::Plan plan(arguments.file, arguments.out);
  if (arguments.list) return list(plan);
  fs::create_directories(plan.out());
  if (!arguments.slurm.empty()) {
    storage::write_atomically(arguments.slurm, sweep::slurm_script(plan, arguments.file));
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
  }
  const auto outcome = sweep::run(cells, sweep::slots_on(arguments.devices, arguments.jobs));
  if (outcome.signal) {
    spdlog::warn("interrupted; rerun the same command to resume");
    return kSignalStatus + *outcome.signal;
  }
  for (const auto& failure : outcome.failures) {
    std::cout << failure.cell << " failed: " << failure.reason << "\n";
  }
  if (!arguments.only) print_tables(plan);
  return outcome.failures.empty() ? 0 : kFailedStatus;
}

}  // namespace host::commands
