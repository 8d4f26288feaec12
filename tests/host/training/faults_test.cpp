#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/run/run_comparison.h"
#include "host/storage/checkpoint.h"
#include "host/terminal/signals.h"
#include "host/training/step.h"
#include "host/training/trainer.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/faulty.h"
#include "tests/support/scratch_folder.h"

using host::storage::RunDirectory;
using host::training::train;
using tests::faulty_experiment;
using tests::ScratchFolder;

namespace {

namespace fs = std::filesystem;

const std::string kLength = R"(
training.total_iterations = 20
training.validate_every_iterations = 8
training.log_every_iterations = 4
)";

nlohmann::json saved_state(const RunDirectory& run) {
  return nlohmann::json::parse(
      host::storage::read_checkpoint(run.last_checkpoint()).metadata.at("state"));
}

/// Resumes the run and compares it with an uninterrupted one. The fault must not occur
/// again.
void check_continues(const std::string& experiment, const ScratchFolder& folder) {
  const RunDirectory straight(folder / "straight");
  const RunDirectory run(folder / "run");
  CHECK(train(tests::assembly_of(experiment), straight).finished);
  CHECK(train(tests::assembly_of(experiment), run).finished);
  CHECK(host::run::compare_runs(straight, run).differences == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("a plugin that throws during step 1000 loses only that step", "[training]") {
  host::terminal::watch_signals();
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  const std::string length =
      "training = { total_iterations = 1010, validate_every_iterations = 400 }\n";
  CHECK_THROWS_WITH(train(tests::assembly_of(faulty_experiment("throw", 1000) + length), run),
                    ContainsSubstring("component 'failing_loss', threw in loss: no loss today"));
  CHECK(saved_state(run).at("iteration") == 1000);
  // With the fault fixed, the run resumes: the failed step changed neither weights nor buffers.
  const RunDirectory until(folder / "until");
  train(tests::assembly_of(faulty_experiment("throw", 1000) + length), until, 1000);
  const auto expected = host::storage::read_checkpoint(until.last_checkpoint());
  const auto found = host::storage::read_checkpoint(run.last_checkpoint());
  CHECK(found.metadata == expected.metadata);
  REQUIRE(found.tensors.size() == expected.tensors.size());
  for (const auto& [name, tensor] : expected.tensors) {
    INFO(name);
    CHECK(found.tensors.at(name).equal(tensor));
  }
}

TEST_CASE("a non-finite loss stops the run before the weights change", "[training]") {
  host::terminal::watch_signals();
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  const auto [how, complaint] =
      GENERATE(std::pair("nan", "in iteration 10 the loss is not finite"),
               std::pair("gradient", "in iteration 10 the gradient of classifiers.0.weight"));
  const std::string experiment = faulty_experiment(how, 10) + kLength;
  CHECK_THROWS_WITH(train(tests::assembly_of(experiment), run),
                    ContainsSubstring(complaint) &&
                        ContainsSubstring("a lower optimizer.learning_rate") &&
                        ContainsSubstring("training.nonfinite_loss = \"skip\""));
  CHECK(saved_state(run).at("iteration") == 10);
  for (const auto& [name, tensor] : host::storage::read_checkpoint(run.last_checkpoint()).tensors) {
    INFO(name);
    CHECK(tensor.isfinite().all().item<bool>());
  }

  // The saved batch is the one that the loader returns for that iteration.
  const auto batch = host::storage::read_safetensors(run.nonfinite_batch());
  CHECK(batch.metadata.at("iteration") == "10");
  const auto assembly = tests::assembly_of(experiment);
  const auto drawn = assembly.training_loader(assembly.training_sampler(), 10, 11)->next();
  CHECK(batch.tensors.at("images").equal(drawn.images));
  CHECK(batch.tensors.at("labels").equal(drawn.labels));
  // Resuming repeats the error.
  CHECK_THROWS_WITH(train(tests::assembly_of(experiment), run), ContainsSubstring(complaint));

  // Told to skip it, the run continues and skips nothing else.
  const std::string skipping = experiment + "training.nonfinite_loss = 'skip'\n";
  CHECK(train(tests::assembly_of(skipping), run).finished);
  CHECK(saved_state(run).at("skipped") == 1);
  const RunDirectory straight(folder / "straight");
  CHECK(train(tests::assembly_of(skipping), straight).finished);
  CHECK(host::run::compare_runs(straight, run).differences == std::vector<std::string>{});
}

TEST_CASE("non-finite weights never overwrite finite ones", "[training]") {
  host::terminal::watch_signals();
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  // The first update overflows float32; the second loss shows it.
  const std::string experiment =
      faulty_experiment("weights", 0) + kLength + "optimizer.learning_rate = 1e30\n";
  CHECK_THROWS_WITH(train(tests::assembly_of(experiment), run),
                    ContainsSubstring("in iteration 1 the loss is not finite"));
  CHECK(!fs::exists(run.last_checkpoint()));
}

TEST_CASE("a dataset truncated during training loses no iteration", "[training]") {
  host::terminal::watch_signals();
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  const std::string file = folder.write("data", tests::records());
  const std::string experiment =
      faulty_experiment("throw", 1000) + tests::record_dataset(file) +
      "training = { total_iterations = 20, validate_every_iterations = 20 }\n";
  folder.write("data.cut", "");
  CHECK_THROWS_WITH(
      train(tests::assembly_of(experiment), run),
      ContainsSubstring("component 'record_file': cannot read " + file + ": it was cut short"));
  CHECK(saved_state(run).at("iteration") == 10);
  folder.write("data", tests::records());
  check_continues(experiment, folder);
}

TEST_CASE("an out-of-memory error tells what to reduce", "[training]") {
  host::terminal::watch_signals();
  const ScratchFolder folder;
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  const auto assembly = tests::assembly_of(
      "objective.plugin = 'sla'\ntransformation.plugin = 'rotation'\n"
      "dataset = { plugin = 'synthetic', train = 20_000 }\ntraining.batch_size = 20_000\n");
  std::string pages;
  std::ifstream("/proc/self/statm") >> pages;
  const rlimit tight{std::stoull(pages) * 4096 + (2ULL << 30U), before.rlim_max};
  setrlimit(RLIMIT_AS, &tight);
  std::string message;
  try {
    train(assembly, RunDirectory(folder / "run"));
  } catch (const std::exception& error) {
    // As the program does, wherever memory ran out.
    message = host::message_of(error);
  }
  setrlimit(RLIMIT_AS, &before);
  CHECK_THAT(message, ContainsSubstring("out of memory") &&
                          ContainsSubstring("reduce training.batch_size or evaluation.batch_size"));
  CHECK(saved_state(RunDirectory(folder / "run")).at("iteration") == 0);
}

TEST_CASE("nonfinite_loss = check stops exactly at a non-finite loss", "[training]") {
  host::terminal::watch_signals();
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  CHECK_THROWS_WITH(train(tests::assembly_of(faulty_experiment("nan", 10) + kLength +
                                             "training.nonfinite_loss = 'check'\n"),
                          run),
                    ContainsSubstring("in iteration 10 the loss is not finite"));
  CHECK(fs::exists(run.nonfinite_batch()));
}
