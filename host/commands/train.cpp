#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <iostream>

#include "host/commands/exit_status.h"
#include "host/commands/experiment_commands.h"
#include "host/commands/warnings.h"
#include "host/errors.h"
#include "host/experiment/experiment.h"
#include "host/gallery/drawing.h"
#include "host/gallery/picture.h"
#include "host/report/analysis_file.h"
#include "host/report/report.h"
#include "host/storage/atomic_file.h"
#include "host/storage/run_directory.h"
#include "host/storage/run_lock.h"
#include "host/storage/tensorboard_file.h"
#include "host/terminal/log.h"
#include "host/terminal/signals.h"
#include "host/training/provenance.h"
#include "host/training/session.h"
#include "host/training/trainer.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

fs::path choose_directory(const TrainArguments& arguments, const std::string& name) {
  if (!arguments.out.empty()) {
    const bool holds_run = !storage::CheckpointHistory(arguments.out).files().empty();
    if (!arguments.resume && holds_run) {
      throw StorageError(arguments.out.string() +
                         " already holds a run; continue it with --resume, or choose another "
                         "directory with --out");
    }
    if (arguments.resume && !holds_run) {
      throw StorageError("no run to resume: " + arguments.out.string() + " holds no checkpoint");
    }
    return arguments.out;
  }
  const fs::path base = fs::path("runs") / name;
  if (!arguments.resume) return storage::create_unused_path(base);
  fs::path newest = storage::newest_path(base);
  if (newest.empty())
    throw StorageError("no run to resume: no " + base.string() + " holds a checkpoint");
  return newest;
}

/// What a new run keeps of its experiment and its dataset.
void write_documents(const storage::RunDirectory& run, const training::Assembly& assembly) {
  storage::write_atomically(run.experiment(), experiment::to_toml(assembly.experiment.document));
  const auto documents = assembly.dataset.call(
      "documents", [](const sla::Dataset& dataset) { return dataset.documents(); });
  for (const auto& [name, text] : documents) storage::write_atomically(run.document(name), text);
}

void say_what_changed(const fs::path& run, const nlohmann::json& then, const nlohmann::json& now) {
  const auto lines = training::changes(then, now);
  for (const std::string& line : lines) spdlog::warn("since {}: {}", run.string(), line);
  if (lines.empty()) spdlog::info("nothing that was recorded has changed since {}", run.string());
}

/// Shows TensorBoard the experiment and what it trains on. Training can do without.
void introduce(const storage::RunDirectory& run, const training::Assembly& assembly) try {
  storage::TensorBoardFile events(run.path(), /*iteration=*/0);
  events.append_text(0, "experiment",
                     "```\n" + experiment::to_toml(assembly.experiment.document) + "```\n");
  const auto picture = gallery::drawing(gallery::panels(assembly), assembly.task.class_counts);
  events.append_image(0, "gallery", gallery::png(picture),
                      {picture.size(2), picture.size(1), picture.size(0)});
} catch (const PluginError& error) {
  spdlog::warn("no gallery for TensorBoard: {}", error.what());
}

/// What the run that is repeated knew from its profile.
void take_over(const nlohmann::json& then, experiment::Experiment& experiment) {
  const auto replaced = then.value("replaced_dataset", std::vector<std::string>());
  if (replaced.size() == 2) experiment.replaced_dataset.emplace(replaced[0], replaced[1]);
}

/// Trains, and records how that ended.
training::Outcome train_in(training::Session& session, const training::Assembly& assembly,
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

/// What papers give for this experiment, beside what came out.
void print_published(const experiment::Experiment& experiment, const training::Figures& test) {
  if (experiment.replaced_dataset) return;
  for (const auto& figure : experiment.published) {
    const auto own = test.find(figure.metric);
    std::cout << fmt::format("{}: published {:.2f} ({}), here {}\n", figure.metric, figure.value,
                             figure.source,
                             own == test.end() ? "not scored" : fmt::format("{:.2f}", own->second));
  }
}

/// The run is complete without it, so that its failure is only told.
void write_report(const training::Assembly& assembly, const storage::RunDirectory& run,
                  const training::Outcome& outcome) {
  try {
    report::write_analysis(run, assembly, training::chosen_predictions(assembly), outcome.test,
                           outcome.analysis.value());
    storage::write_atomically(run.report(), report::page_of({results::read_run(run.path())}, {}));
  } catch (const std::exception& error) {
    spdlog::warn("the run is complete, its report is not: {}", message_of(error));
  }
}

}  // namespace

int train(const TrainArguments& arguments) {
  terminal::watch_save_requests();
  auto experiment =
      experiment::read_experiment(arguments.experiment.file, arguments.experiment.overrides);
  nlohmann::json repeated;
  if (!arguments.repeats.empty()) {
    repeated = training::read_provenance(storage::RunDirectory(arguments.repeats));
    take_over(repeated, experiment);
  }
  training::prepare_machine(experiment.runtime);
  const auto assembly = training::assemble(std::move(experiment));

  const storage::RunDirectory run(choose_directory(arguments, assembly.experiment.name));
  run.create();
  const storage::RunLock lock(run.lock());
  terminal::log_to_file(run.log());
  spdlog::info("run directory {}", run.path().string());
  warn_of_replaced_dataset(assembly.experiment);
  spdlog::info("{} classes, {} transformations, device {}", assembly.task.classes,
               assembly.task.transformations, assembly.device.str());
  const auto facts = training::provenance(assembly);
  if (!arguments.repeats.empty()) say_what_changed(arguments.repeats, repeated, facts);
  training::Session session(run, facts, arguments.command);
  if (run.checkpoints().files().empty()) {
    write_documents(run, assembly);
    introduce(run, assembly);
  }

  terminal::watch_signals();
  const auto outcome = train_in(session, assembly, run, arguments.stop_after);
  if (outcome.signal) {
    spdlog::warn("interrupted; everything is saved, continue with --resume");
    return kSignalStatus + *outcome.signal;
  }
  if (!outcome.finished) {
    spdlog::info("stopped after iteration {}; continue with --resume", outcome.iteration);
    return 0;
  }
  write_report(assembly, run, outcome);
  std::cout << "test split, best checkpoint:\n" << training::format_table(outcome.test.figures);
  print_published(assembly.experiment, outcome.test.figures);
  warn_of_replaced_dataset(assembly.experiment);
  warn_of_departures(outcome.departures);
  std::cout << "everything is in " << run.path().string() << "; open " << run.report().string()
            << "\n";
  return 0;
}

}  // namespace host::commands
