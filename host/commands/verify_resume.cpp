#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>
#include <utility>

#include "host/assembly/assembly.h"
#include "host/base/errors.h"
#include "host/base/processors.h"
#include "host/commands/child.h"
#include "host/commands/compare_runs.h"
#include "host/commands/experiment_commands.h"
#include "host/experiment/experiment.h"
#include "host/storage/json_file.h"
#include "host/storage/run_directory.h"
#include "host/training/course.h"

namespace host::commands {

namespace {

namespace fs = std::filesystem;

/// A folder for the two runs, deleted with this object unless the user named it.
class Workplace {
 public:
  explicit Workplace(fs::path named) : path_(std::move(named)), named_(!path_.empty()) {
    if (named_) return;
    std::string pattern = fs::temp_directory_path() / "sla_verify_XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) {
      throw StorageError("cannot create " + pattern + ": " + std::strerror(errno) +
                         "; choose a folder with --out");
    }
    path_ = pattern;
  }
  ~Workplace() {
    std::error_code ignored;
    if (!named_) fs::remove_all(path_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool named_;
};

/// Rejects an iteration beyond the end of the run.
int check_stops(const VerifyResumeArguments& arguments) {
  auto experiment =
      experiment::read_experiment(arguments.experiment.file, arguments.experiment.overrides);
  const auto assembly = assembly::assemble(std::move(experiment));
  const int64_t total = training::Course(assembly.experiment, assembly.network->objective(),
                                         assembly.training_sampler()->batches_per_pass())
                            .length();
  for (const int64_t stop : arguments.at) {
    if (stop > total) {
      throw ExperimentError("--at " + std::to_string(stop) + ": the run has only " +
                            std::to_string(total) + " iterations");
    }
  }
  return 0;
}

int64_t iterations_of(const storage::RunDirectory& run) {
  return storage::read_json(run.results()).at("iterations");
}

}  // namespace

int verify_resume(const VerifyResumeArguments& arguments) {
  const Workplace workplace(arguments.out);
  for (const char* run : {"straight", "resumed"}) {
    if (!storage::RunDirectory(workplace.path() / run).holds_run()) continue;
    throw StorageError((workplace.path() / run).string() +
                       " already holds a run; choose another folder with --out");
  }
  const fs::path straight = workplace.path() / "straight";
  const fs::path resumed = workplace.path() / "resumed";
  TrainArguments run;
  run.experiment = arguments.experiment;
  if (arguments.processes > 1) {
    auto& settings = run.experiment.overrides.settings;
    const auto& [file, overrides] = arguments.experiment;
    const auto training = experiment::read_experiment(file, overrides).training;
    if (training.sync_batch_norm) run.processes = arguments.processes;
    if (training.accumulate == 0) {
      settings.push_back("training.accumulate=" + std::to_string(arguments.processes));
    }
    // The threads of each process decide how it rounds.
    settings.insert(
        settings.begin(),
        "runtime.threads=" + std::to_string(usable_processors_each(arguments.processes)));
  }
  run.out = straight;
  // Each in its own process, so that only the run directory carries over.
  if (!arguments.at.empty()) {
    const int status = in_child([&] { return check_stops(arguments); });
    if (status != 0) return status;
  }
  if (const int status = in_child([&] { return train(run); }); status != 0) return status;

  std::vector<int64_t> stops = arguments.at;
  if (stops.empty()) stops.push_back(iterations_of(storage::RunDirectory(straight)) / 2);
  std::sort(stops.begin(), stops.end());
  run.out = resumed;
  run.processes = arguments.processes;
  for (const int64_t stop : stops) {
    run.stop_after = stop;
    if (const int status = in_child([&] { return train(run); }); status != 0) return status;
    run.resume = true;
  }
  run.stop_after.reset();
  if (const int status = in_child([&] { return train(run); }); status != 0) return status;

  std::cout << "one uninterrupted run, one interrupted after iteration";
  for (const int64_t stop : stops) std::cout << " " << stop;
  if (arguments.processes > 1) std::cout << ", in " << arguments.processes << " processes";
  std::cout << (arguments.out.empty() ? " (both deleted; keep them with --out DIR):\n" : ":\n");
  return print_comparison(straight, resumed);
}

}  // namespace host::commands
