#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <iostream>

#include "host/commands/commands.h"
#include "host/commands/warnings.h"
#include "host/errors.h"
#include "host/experiment/experiment.h"
#include "host/storage/atomic_file.h"
#include "host/storage/run_directory.h"
#include "host/terminal/interrupt.h"
#include "host/terminal/log.h"
#include "host/training/provenance.h"
#include "host/training/trainer.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

constexpr int kSignalStatus = 128;  // plus the signal's number, as shells have it

fs::path choose_directory(const TrainArguments& arguments, const std::string& name) {
  if (!arguments.out.empty()) {
    if (!arguments.resume && fs::exists(storage::RunDirectory(arguments.out).last_checkpoint())) {
      throw StorageError(arguments.out.string() +
                         " already holds a run; continue it with --resume, or choose another "
                         "directory with --out");
    }
    if (arguments.resume && !fs::exists(arguments.out / storage::RunDirectory::kLastCheckpoint)) {
      throw StorageError("no run to resume: " + arguments.out.string() + " holds no checkpoint");
    }
    return arguments.out;
  }
  const std::string& profile = arguments.experiment.overrides.profile;
  const fs::path base = fs::path("runs") / (profile.empty() ? name : name + "-" + profile);
  if (!arguments.resume) return storage::unused_path(base);
  fs::path newest = storage::newest_path(base);
  if (newest.empty())
    throw StorageError("no run to resume: no " + base.string() + " holds a checkpoint");
  return newest;
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

}  // namespace

int train(const TrainArguments& arguments) {
  auto experiment =
      experiment::read_experiment(arguments.experiment.file, arguments.experiment.overrides);
  training::prepare_machine(experiment.runtime);
  const auto assembly = training::assemble(std::move(experiment));

  const storage::RunDirectory run(choose_directory(arguments, assembly.experiment.name));
  terminal::log_to_file(run.log());
  spdlog::info("run directory {}", run.path().string());
  warn_of_replaced_dataset(assembly.experiment);
  spdlog::info("{} classes, {} transformations, device {}", assembly.task.classes,
               assembly.task.transformations, assembly.device.str());
  if (!fs::exists(run.last_checkpoint())) {
    storage::write_atomically(run.experiment(), experiment::to_toml(assembly.experiment.document));
    storage::write_atomically(run.provenance(), training::provenance(assembly, arguments.command));
    const auto documents = assembly.dataset.call(
        "documents", [](const sla::Dataset& dataset) { return dataset.documents(); });
    for (const auto& [name, text] : documents) {
      storage::write_atomically(run.document(name), text);
    }
  }

  terminal::watch_interrupts();
  const auto outcome = training::train(assembly, run);
  if (outcome.interrupted) {
    spdlog::warn("interrupted; everything is saved, continue with --resume");
    return kSignalStatus + *outcome.interrupted;
  }
  std::cout << "test split, best checkpoint:\n" << training::format_table(outcome.test);
  print_published(assembly.experiment, outcome.test);
  warn_of_replaced_dataset(assembly.experiment);
  std::cout << "everything is in " << run.path().string() << "\n";
  return 0;
}

}  // namespace host::commands
