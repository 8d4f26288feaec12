#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>

#include "host/assembly/machine.h"
#include "host/base/errors.h"
#include "host/commands/exit_status.h"
#include "host/commands/experiment_commands.h"
#include "host/commands/run_choice.h"
#include "host/commands/warnings.h"
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
#include "host/terminal/log.h"
#include "host/terminal/signals.h"
#include "host/training/extension.h"
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
void print_published(const experiment::Experiment& experiment, const evaluation::Figures& test) {
  if (experiment.replaced_dataset) return;
  for (const auto& figure : experiment.published) {
    const auto own = test.find(figure.metric);
    std::cout << fmt::format("{}: published {:.2f} ({}), here {}\n", figure.metric, figure.value,
                             figure.source,
                             own == test.end() ? "not scored" : fmt::format("{:.2f}", own->second));
  }
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

/// `sla_host RUN --resume`: the run's own experiment, in its own directory.
TrainArguments with_run_directory(TrainArguments arguments) {
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

/// The experiment of a run to resume at its new length: that of --extend, or the longer of the
/// file's and the run's, which may have been extended before.
experiment::Experiment with_length(const TrainArguments& arguments,
                                   const experiment::Experiment& experiment) {
  const storage::RunDirectory run(arguments.out);
  const auto stored =
      experiment::interpret(experiment::read_single_file(run.experiment()), experiment.name)
          .training;
  const auto& own = experiment.training;
  const bool in_epochs = own.total_epochs > 0;
  const int64_t length = arguments.extend.value_or(
      in_epochs ? std::max(own.total_epochs, stored.total_epochs)
                : std::max(own.total_iterations, stored.total_iterations));
  auto overrides = arguments.experiment.overrides;
  overrides.settings.push_back(
      fmt::format("training.{}={}", in_epochs ? "total_epochs" : "total_iterations", length));
  overrides.settings.push_back(fmt::format("training.extended_at={}", stored.extended_at));
  return experiment::read_experiment(arguments.experiment.file, overrides);
}

}  // namespace

int train(const TrainArguments& given) {
  terminal::watch_save_requests();
  terminal::report_failed_writes();
  TrainArguments arguments = with_run_directory(given);
  if (arguments.extend) arguments.resume = true;
  auto experiment =
      experiment::read_experiment(arguments.experiment.file, arguments.experiment.overrides);
  nlohmann::json repeated;
  if (!arguments.repeats.empty()) {
    repeated = run::read_provenance(storage::RunDirectory(arguments.repeats));
  }
  if (arguments.resume) {
    arguments.out = choose_directory(arguments, plugin::resolve(experiment));
    experiment = with_length(arguments, experiment);
  }
  assembly::prepare_machine(experiment.runtime);
  auto assembly = assembly::assemble(std::move(experiment));

  const storage::RunDirectory run(choose_directory(arguments, assembly.experiment));
  if (arguments.extend) training::note_extension(run, assembly);
  run.create();
  const run::RunLock lock(run.lock());
  terminal::log_to_file(run.log());
  spdlog::info("run directory {}", run.path().string());
  warn_of_replaced_dataset(assembly.experiment);
  spdlog::info("{} classes, {} transformations, device {}", assembly.task.classes,
               assembly.task.transformations, assembly.device.str());
  const bool is_new = run.checkpoints().files().empty();
  if (is_new) assembly::load_initial_weights(assembly);
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
  std::cout << "test split, best checkpoint:\n" << evaluation::format_table(outcome.test.figures);
  print_published(assembly.experiment, outcome.test.figures);
  warn_of_replaced_dataset(assembly.experiment);
  warn_of_departures(outcome.departures);
  std::cout << "results are in " << run.path().string() << "; open " << run.report().string()
            << "\n";
  return 0;
}

}  // namespace host::commands
