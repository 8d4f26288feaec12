#include <algorithm>
#include <iostream>
#include <string>

#include "host/base/errors.h"
#include "host/commands/compare_runs.h"
#include "host/commands/experiment_commands.h"
#include "host/experiment/document.h"
#include "host/experiment/experiment.h"
#include "host/run/session.h"
#include "host/storage/run_directory.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

/// Checks that the directory holds a run.
storage::RunDirectory existing_run(const fs::path& path) {
  storage::RunDirectory run(path);
  if (!fs::exists(run.provenance()) || !fs::exists(run.experiment())) {
    throw StorageError(path.string() +
                       " is not a run directory: it needs provenance.json and experiment.toml");
  }
  return run;
}

}  // namespace

int reproduce(const ReproduceArguments& arguments) {
  const auto original = existing_run(arguments.run);
  const auto provenance = run::read_provenance(original);
  TrainArguments again;
  again.command = arguments.command;
  again.experiment.file = original.experiment();
  again.experiment.overrides.settings = {
      "runtime.threads=" + std::to_string(provenance.value("threads", int64_t{0})),
      "runtime.kernels=" + provenance.value("kernels", std::string("auto")),
      "runtime.device=\"" + provenance.value("device", std::string("auto")) + "\""};
  // Processes that share the statistics of batch normalisation compute at the same time.
  const auto training =
      experiment::interpret(experiment::read_single_file(original.experiment()), "the run")
          .training;
  if (training.sync_batch_norm)
    again.processes = static_cast<int>(std::max<int64_t>(1, training.accumulate));
  again.out = arguments.out;
  if (again.out.empty()) {
    const fs::path name = fs::path(arguments.run / "").parent_path();  // without a trailing slash
    again.out = storage::create_unused_path(name.string() + "-reproduced");
  }
  again.repeats = arguments.run;
  const int status = train(again);
  if (status != 0) return status;
  if (!fs::exists(original.results())) {
    std::cout << arguments.run.string() << " never finished, so there is nothing to compare\n";
    return 0;
  }
  return print_comparison(arguments.run, again.out);
}

}  // namespace host::commands
