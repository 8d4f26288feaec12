#include "tests/benchmark/saving.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <vector>

#include "host/assembly/machine.h"
#include "host/experiment/document.h"
#include "host/run/record.h"
#include "host/run/saver.h"
#include "host/training/checkpointing.h"
#include "host/training/step.h"
#include "tests/benchmark/seconds.h"
#include "tests/support/scratch_folder.h"

namespace benchmark {

namespace {

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

SavingCosts saving_costs(const std::string& model, int64_t times) {
  auto document = host::experiment::parse_document(
      "dataset = { plugin = 'synthetic', classes = 100 }\nobjective.plugin = 'sla'\n"
      "transformation.plugin = 'rotation'\n"
      "training = { total_iterations = 100, validate_every_iterations = 100 }\nmodel = " +
          model + "\n",
      "benchmark");
  auto experiment = host::experiment::interpret(std::move(document), "benchmark");
  host::assembly::prepare_machine(experiment.runtime);
  const auto assembly = host::assembly::assemble(std::move(experiment));
  host::training::Step step(assembly, 1);
  host::training::TrainingState state;

  const tests::ScratchFolder folder;
  const host::storage::RunDirectory run(folder / "run");
  host::run::Record record(run, state.metric_lines, state.iteration);
  host::run::Saver saver(run, assembly.experiment.checkpoints.keep);
  std::vector<double> blocked;
  std::vector<double> written;
  for (int64_t i = 0; i < times; ++i) {
    record.write(i, {{"train.loss", 1}});
    const auto start = std::chrono::steady_clock::now();
    saver.save(host::training::checkpoint_of(assembly, step, state, record.metrics()), i,
               /*best=*/false);
    blocked.push_back(seconds_since(start));
    saver.finish();
    written.push_back(seconds_since(start));
  }
  const auto bytes = std::filesystem::file_size(run.last_checkpoint());
  SavingCosts costs{.mib = static_cast<double>(bytes) / (1U << 20U)};
  costs.longest = *std::max_element(blocked.begin(), blocked.end());
  costs.blocked = median(blocked);
  costs.written = median(written);
  return costs;
}

}  // namespace benchmark
