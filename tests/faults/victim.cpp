#include "tests/faults/victim.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/commands/experiment_commands.h"
#include "host/commands/report_errors.h"
#include "host/run/run_comparison.h"
#include "host/terminal/log.h"
#include "host/terminal/standard_streams.h"
#include "tests/support/child.h"
#include "tests/support/faulty.h"
#include "tests/support/scratch_folder.h"

namespace faults {

namespace {

namespace fs = std::filesystem;

const std::string kExperiment = R"(
runtime = { threads = 1, timeout = 5 }
dataset = { plugin = 'synthetic', train = 64, validation = 16, test = 16 }
augmentation = [{ plugin = "random_crop", padding = 2 }, { plugin = "random_flip" }]
checkpoints.every_iterations = 1
training.batch_size = 4
training.validate_every_iterations = 10
training.log_every_iterations = 5
)";

}  // namespace

Victim::Victim(const fs::path& folder, int processes)
    : experiment_(folder / "victim.toml"),
      run_(folder / "run"),
      output_(folder / "output"),
      processes_(processes) {
  std::ofstream(experiment_) << tests::faulty_experiment("throw", 1'000'000) << kExperiment
                             << "training.total_iterations = " << kIterations << "\n"
                             << "training.accumulate = " << processes << "\n";
}

pid_t Victim::start(const std::function<void()>& prepare) const {
  return launch(prepare, /*only_recover=*/false);
}

double Victim::recover() const {
  const auto start = std::chrono::steady_clock::now();
  const int status = tests::wait_for(launch([] {}, /*only_recover=*/true));
  if (status != 0) throw std::runtime_error("cannot recover:\n" + tests::content_of(output_));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void Victim::finish() const {
  const int status = tests::wait_for(start([] {}));
  if (status != 0) throw std::runtime_error("cannot finish:\n" + tests::content_of(output_));
}

int64_t Victim::iteration_of(const fs::path& checkpoint) {
  const auto content = host::storage::read_checkpoint(checkpoint);
  return nlohmann::json::parse(content.metadata.at("state")).at("iteration");
}

int64_t Victim::saved_iteration() const {
  for (const fs::path& file : host::storage::CheckpointHistory(run_).files()) {
    try {
      return iteration_of(file);
    } catch (const host::DamagedFileError&) {
      continue;  // only if the fault is a damaged checkpoint
    }
  }
  return 0;
}

void Victim::compare_with(const fs::path& other) const {
  const auto comparison = host::run::compare_runs(host::storage::RunDirectory(run_),
                                                  host::storage::RunDirectory(other));
  if (comparison.differences.empty()) return;
  std::string text = "the run came to something else:\n";
  for (const auto& line : comparison.differences) text += line + "\n";
  throw std::runtime_error(text);
}

pid_t Victim::launch(const std::function<void()>& prepare, bool only_recover) const {
  host::commands::TrainArguments arguments;
  arguments.experiment.file = experiment_;
  arguments.out = run_;
  arguments.processes = processes_;
  arguments.resume = !host::storage::CheckpointHistory(run_).files().empty();
  if (only_recover) arguments.stop_after = 0;
  arguments.command = {"victim"};
  return tests::start_child([&] {
    const int output = open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    prepare();
    host::terminal::open_standard_streams();
    return host::commands::report_errors([&] {
      host::terminal::start_log();
      return host::commands::train(arguments);
    });
  });
}

}  // namespace faults
