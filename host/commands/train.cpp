#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "host/assembly/machine.h"
#include "host/base/errors.h"
#include "host/base/exit_status.h"
#include "host/base/installation.h"
#include "host/commands/experiment_commands.h"
#include "host/commands/processes.h"
#include "host/commands/run_choice.h"
#include "host/commands/trained.h"
#include "host/commands/warnings.h"
#include "host/distributed/group.h"
#include "host/distributed/place.h"
#include "host/experiment/document.h"
#include "host/experiment/experiment.h"
#include "host/gallery/analysis_file.h"
#include "host/gallery/drawing.h"
#include "host/gallery/picture.h"
#include "host/plugin/resolution.h"
#include "host/report/report.h"
#include "host/run/provenance.h"
#include "host/run/run_lock.h"
#include "host/run/session.h"
#include "host/storage/atomic_file.h"
#include "host/storage/run_directory.h"
#include "host/storage/tensorboard_file.h"
#include "host/sweep/slurm.h"
#include "host/terminal/log.h"
#include "host/terminal/signals.h"
#include "host/training/extension.h"
#include "host/training/resuming.h"
#include "host/training/trainer.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

/// Saves a new run's experiment and its dataset's documents.
void write_documents(const storage::RunDirectory& run, const assembly::Assembly& assembly) {
  storage::write_atomically(run.experiment(), experiment::to_toml(assembly.experiment.document));
  for (const auto& [name, text] : assembly.dataset.documents()) {
    storage::write_atomically(run.document(name), text);
  }
}

void say_what_changed(const fs::path& run, const nlohmann::json& then, const nlohmann::json& now) {
  const auto lines = run::changes(then, now);
  for (const std::string& line : lines) spdlog::warn("since {}: {}", run.string(), line);
  if (lines.empty()) spdlog::info("nothing recorded has changed since {}", run.string());
}

/// Adds the experiment and its gallery to TensorBoard. Failures are logged and skipped.
void introduce(const storage::RunDirectory& run, const assembly::Assembly& assembly) try {
  storage::TensorBoardFile events(run.path(), /*iteration=*/0);
  events.append_text(0, "experiment",
                     "```\n" + experiment::to_toml(assembly.experiment.document) + "```\n");
  const auto picture = gallery::drawing(gallery::panels(assembly), assembly.task.class_counts);
  events.append_image(0, "gallery", gallery::png(picture),
                      {picture.size(2), picture.size(1), picture.size(0)});
} catch (const PluginError& error) {
  spdlog::warn("skipping the TensorBoard gallery: {}", error.what());
}

/// Trains, and records how the session ended.
training::Outcome train_in(run::Session& session, const assembly::Assembly& assembly,
                           const storage::RunDirectory& run, std::optional<int64_t> stop_after) {
  try {
    auto outcome = training::train(assembly, run, stop_after);
    session.end(outcome.finished ? "finished"
                : outcome.signal ? "signal " + std::to_string(*outcome.signal)
                                 : "stopped after iteration " + std::to_string(outcome.iteration));
    return outcome;
  } catch (const std::exception& error) {
    try {
      session.end("failed: " + message_of(error));
    } catch (const StorageError& second) {
      spdlog::error("{}", second.what());
    }
    throw;
  }
}

/// Prints published values next to ours.
void print_published(const experiment::Experiment& experiment, const evaluation::Metrics& test) {
  if (experiment.replaced_dataset) return;
  for (const auto& published : experiment.published) {
    const auto own = test.find(published.metric);
    std::cout << fmt::format("{}: published {:.2f} ({}), here {}\n", published.metric,
                             published.value, published.source,
                             own == test.end() ? "not scored" : fmt::format("{:.2f}", own->second));
  }
}

/// Trains as a process that does not write.
int follow(const assembly::Assembly& assembly, const storage::RunDirectory& run,
           std::optional<int64_t> stop_after) {
  terminal::watch_signals();
  const auto outcome = training::train(assembly, run, stop_after);
  return outcome.signal ? kSignalStatus + *outcome.signal : 0;
}

/// The run is complete without a report, so failures are only logged.
void write_report(const assembly::Assembly& assembly, const storage::RunDirectory& run,
                  const training::Outcome& outcome) {
  try {
    gallery::write_analysis(run, assembly, evaluation::chosen_predictions(assembly), outcome.test,
                            outcome.analysis.value());
    storage::write_atomically(run.report(), report::page_of({results::read_run(run.path())}, {}));
  } catch (const std::exception& error) {
    spdlog::warn("the run is complete, but its report failed: {}", message_of(error));
  }
}

/// `sla_host RUN --resume` or `--extend N`: the run's own experiment, in its own directory.
TrainArguments with_run_directory(TrainArguments arguments) {
  if (arguments.extend) arguments.resume = true;
  const fs::path path = arguments.experiment.file;
  std::error_code absent;
  const storage::RunDirectory run(path);
  if (!fs::is_directory(path, absent) || !fs::exists(run.experiment(), absent)) return arguments;
  if (!arguments.resume) {
    throw StorageError(path.string() + " is a run directory; continue it with --resume, or start " +
                       "its experiment anew: sla_host " + run.experiment().string());
  }
  arguments.experiment.file = run.experiment();
  if (arguments.out.empty()) arguments.out = path;
  return arguments;
}

/// Trains as one process of a group.
int train_in_group(TrainArguments arguments, const std::shared_ptr<distributed::Group>& group) {
  nlohmann::json repeated;
  if (!arguments.repeats.empty()) {
    repeated = run::read_provenance(storage::RunDirectory(arguments.repeats));
  }
  auto experiment = chosen_experiment(arguments, *group);
  assembly::prepare_machine(experiment.runtime, group->local_size());
  auto assembly = assembly::assemble(std::move(experiment), group);

  const storage::RunDirectory run(
      group->from_first([&] { return choose_directory(arguments, assembly.experiment).string(); }));
  if (arguments.extend) training::note_extension(run, assembly);
  std::optional<run::RunLock> lock;
  group->once([&] {
    run.create();
    lock.emplace(run.lock());
  });
  // Another machine may not see it.
  if (fs::exists(run.path())) terminal::log_to_file(run.log());
  if (!group->is_first()) return follow(assembly, run, arguments.stop_after);
  spdlog::info("run directory {}", run.path().string());
  warn_of_replaced_dataset(assembly.experiment);
  spdlog::info("{} classes, {} transformations, device {}, kernels {}", assembly.task.classes,
               assembly.task.transformations, assembly.device.str(), assembly.kernels());
  const bool is_new = run.checkpoints().files().empty();
  if (is_new) {
    training::set_aside_best(run);
    assembly::load_initial_weights(assembly);
  }
  const auto facts = run::provenance(assembly);
  if (!arguments.repeats.empty()) say_what_changed(arguments.repeats, repeated, facts);
  run::Session session(run, facts, arguments.command);
  if (is_new) {
    write_documents(run, assembly);
    introduce(run, assembly);
  }

  terminal::watch_signals();
  const auto outcome = train_in(session, assembly, run, arguments.stop_after);
  if (outcome.signal) {
    spdlog::warn("interrupted and saved; continue with --resume");
    return kSignalStatus + *outcome.signal;
  }
  if (!outcome.finished) {
    spdlog::info("stopped after iteration {}; continue with --resume", outcome.iteration);
    return 0;
  }
  write_report(assembly, run, outcome);
  std::cout << "test split, best checkpoint:\n" << evaluation::format_table(outcome.test.metrics);
  print_published(assembly.experiment, outcome.test.metrics);
  warn_of_replaced_dataset(assembly.experiment);
  warn_of_departures(outcome.departures);
  std::cout << "results are in " << run.path().string() << "; open " << run.report().string()
            << "\n";
  return 0;
}

/// A command line of this program, without some options and their values.
std::vector<std::string> without_options(const std::vector<std::string>& command,
                                         const std::set<std::string>& options) {
  std::vector<std::string> words{this_program().string()};
  for (size_t i = 1; i < command.size(); ++i) {
    const std::string name = command[i].substr(0, command[i].find('='));
    if (!options.contains(name)) {
      words.push_back(command[i]);
    } else if (name == command[i]) {
      ++i;  // its value
    }
  }
  return words;
}

int write_slurm_script(const TrainArguments& arguments) {
  refuse_input_as_output(arguments.experiment.file, arguments.slurm);
  const auto experiment =
      experiment::read_experiment(arguments.experiment.file, arguments.experiment.overrides);
  storage::write_atomically(
      arguments.slurm,
      sweep::slurm_script(experiment.name, arguments.processes,
                          without_options(arguments.command, {"--slurm", "--processes"})));
  std::cout << "sbatch " << arguments.slurm.string() << "\n";
  return 0;
}

int train_at(const distributed::Place& place, const TrainArguments& given) {
  terminal::watch_save_requests();
  terminal::report_failed_writes();
  TrainArguments arguments = with_run_directory(given);
  const auto group = std::make_shared<distributed::Group>(place);
  if (!group->is_first()) terminal::mute(fmt::format("[rank {}]", place.rank));
  try {
    return train_in_group(std::move(arguments), group);
  } catch (const distributed::LostProcess&) {
    throw;
  } catch (const std::exception& error) {
    group->tell_failure(message_of(error));
    throw;
  }
}

}  // namespace

int train(const TrainArguments& given) {
  if (!given.slurm.empty()) return write_slurm_script(given);
  const auto place = distributed::find_place();
  if (given.processes > 1) {
    if (place.size > 1) {
      throw Error("this process is one of " + std::to_string(place.size) + " already (" +
                  place.launcher + "); leave --processes out");
    }
    return in_processes(given.processes,
                        [&](const distributed::Place& own) { return train_at(own, given); });
  }
  return train_at(place, given);
}

}  // namespace host::commands
