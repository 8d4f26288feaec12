#include "host/training/time_spent.h"

#include <chrono>
#include <map>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "host/storage/json_file.h"
#include "host/training/trainer.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/scratch_folder.h"

using host::training::Activity;
using host::training::TimeSpent;

namespace {

std::set<std::string> names_of(const host::evaluation::Metrics& metrics) {
  std::set<std::string> names;
  for (const auto& [name, seconds] : metrics) names.insert(name);
  return names;
}

/// Seconds after each activity of a run with one process took some time.
host::evaluation::Metrics metrics_on(const char* device) {
  TimeSpent times{at::Device(device)};
  for (const auto activity :
       {Activity::data, Activity::transformations, Activity::forward, Activity::backward,
        Activity::update, Activity::validation, Activity::saving}) {
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() == start) {
    }
    times.add(activity);
  }
  auto metrics = times.take();
  CHECK(times.take().empty());
  return metrics;
}

}  // namespace

TEST_CASE("the parts of a step are told apart only if the host waits for them", "[training]") {
  CHECK(names_of(metrics_on("cpu")) ==
        std::set<std::string>{"seconds.data", "seconds.transformations", "seconds.forward",
                              "seconds.backward", "seconds.update", "seconds.validation",
                              "seconds.saving"});
  CHECK(names_of(metrics_on("cuda:0")) == std::set<std::string>{"seconds.data", "seconds.step",
                                                                "seconds.validation",
                                                                "seconds.saving"});
}

TEST_CASE("a run records where its time went, resumed or not", "[training]") {
  const tests::ScratchFolder folder;
  const host::storage::RunDirectory run(folder / "run");
  const std::string experiment =
      "objective.plugin = 'sla'\ntransformation.plugin = 'rotation'\n"
      "training.total_iterations = 8\ntraining.validate_every_iterations = 4\n"
      "training.log_every_iterations = 2\n";
  const auto start = std::chrono::steady_clock::now();
  host::training::train(tests::assembly_of(experiment), run, /*stop_after=*/5);
  host::training::train(tests::assembly_of(experiment), run);
  const std::chrono::duration<double> whole = std::chrono::steady_clock::now() - start;

  std::map<std::string, double> sums;
  std::map<std::string, int> lines;
  std::istringstream metrics(tests::content_of(run.metrics()));
  for (std::string line; std::getline(metrics, line);) {
    const auto metrics = host::storage::parse_json_object(line, run.metrics());
    for (const auto& [name, value] : metrics.items()) {
      if (!name.starts_with("train.seconds.")) continue;
      sums[name] += value.get<double>();
      ++lines[name];
    }
  }
  double sum = 0;
  for (const auto& [name, seconds] : sums) sum += seconds;
  CHECK(sum > 0);
  CHECK(sum < whole.count());
  // Four lines of the log and two of validations, whose times both hold.
  CHECK(lines["train.seconds.forward"] == 4);
  CHECK(lines["train.seconds.transformations"] == 4);
  CHECK(lines["train.seconds.data"] == 4);
  CHECK(lines["train.seconds.backward"] == 4);
  CHECK(lines["train.seconds.update"] == 4);
  CHECK(lines["train.seconds.validation"] == 2);
  CHECK(lines["train.seconds.saving"] >= 4);
  CHECK_FALSE(lines.contains("train.seconds.exchange"));
}
