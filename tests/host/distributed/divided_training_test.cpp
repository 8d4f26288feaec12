#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "host/run/run_comparison.h"
#include "host/storage/json_file.h"
#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/child.h"
#include "tests/support/fake_cifar.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/skip.h"

using tests::run_host;
using tests::ScratchFolder;

namespace {

constexpr int kLostProcess = 5;

const std::string kDividedExperiment = R"(
transformation.plugin = "flip"
model = { plugin = "conv4", channels = 4 }
augmentation = [{ plugin = "random_crop", padding = 2 }, { plugin = "random_flip" }]
objective.plugin = "sla_sd"
optimizer.learning_rate = 0.01
evaluation.batch_size = 8
training.batch_size = 9
training.total_iterations = 8
training.validate_every_iterations = 4
training.log_every_iterations = 2
training.sampler = "epoch"
runtime.threads = 1
)";

const std::string kDividedDataset = R"(
dataset = { plugin = "synthetic", classes = 6, train = 62, validation = 20, test = 13 }
)";

/// Differences between two runs, one a line.
std::string differences(const std::string& a, const std::string& b) {
  const auto comparison =
      host::run::compare_runs(host::storage::RunDirectory(a), host::storage::RunDirectory(b));
  CHECK(comparison.tensors > 10);
  CHECK(comparison.values > 10);
  std::string text;
  for (const auto& line : comparison.differences) text += line + "\n";
  return text;
}

/// Checks that two runs have the same weights, up to rounding.
void check_same_weights(const std::filesystem::path& a, const std::filesystem::path& b) {
  const auto weights = [](const std::filesystem::path& run) {
    return host::storage::read_safetensors(run / "weights.safetensors").tensors;
  };
  const auto found = weights(b);
  for (const auto& [name, tensor] : weights(a)) {
    INFO(b.string() << " " << name);
    CHECK(tests::distance(tensor.to(at::kDouble), found.at(name).to(at::kDouble)) < 1e-6);
  }
}

void succeed(const std::vector<std::string>& arguments) {
  const auto run = run_host(arguments);
  INFO(run.output);
  REQUIRE(run.status == 0);
}

/// The shell command that starts one process of two by hand, in the background.
std::string by_hand(int rank, int port, const std::string& arguments, const std::string& output) {
  return "RANK=" + std::to_string(rank) + " WORLD_SIZE=2 LOCAL_RANK=" + std::to_string(rank) +
         " MASTER_ADDR=127.0.0.1 MASTER_PORT=" + std::to_string(port) + " " SLA_HOST_PROGRAM " " +
         arguments + " > " + output + " 2>&1";
}

int some_port() { return 20'000 + static_cast<int>(getpid() % 20'000); }

}  // namespace

TEST_CASE("two processes do what one process does, whatever is random or decided on the way",
          "[distributed]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kDividedExperiment + kDividedDataset);
  const std::map<std::string, std::vector<std::string>> additions{
      {"cutmix",
       {R"(augmentation=[{plugin="mixing",component="cutmix"}])", "objective.plugin=sla"}},
      {"drop_block",
       {R"(model={plugin="resnet12",drop_block_size=2})", "training.total_iterations=2",
        "training.validate_every_iterations=2", "training.batch_size=3", "dataset.validation=4",
        "dataset.test=4"}},
      // Weights of classes set in after the first of two epochs.
      {"long_tail",
       {R"(dataset={plugin="long_tail",ratio=10,source={plugin="synthetic",classes=6,train=90,validation=20,test=13}})",
        R"(objective={plugin="imbalanced",component="imbalanced_sd",loss="ldam",class_weights="class_balanced",weights_from_epoch=1})"}},
      // The same with LibTorch's batch normalisation, whose backward pass waits for all weights.
      {"long_tail_float64",
       {R"(dataset={plugin="long_tail",ratio=10,source={plugin="synthetic",classes=6,train=90,validation=20,test=13}})",
        R"(objective={plugin="imbalanced",loss="cross_entropy",class_weights="class_balanced",weights_from_epoch=1})",
        "training.precision=fp64", "transformation=[]"}},
      // Of equal accuracies, the second is not better.
      {"early_stopping",
       {"training.early_stopping=1", "optimizer.learning_rate=0.0",
        "training.total_iterations=20"}},
      {"average", {"training.average_decay=0.9", "training.clip_gradient_norm=0.1"}}};
  for (const auto& [name, settings] : additions) {
    INFO(name);
    std::vector<std::string> one{file, "--out", folder / (name + "1"), "--set",
                                 "training.accumulate=2"};
    std::vector<std::string> two{file, "--out", folder / (name + "2"), "--processes", "2"};
    for (const auto& setting : settings) {
      for (auto* arguments : {&one, &two}) arguments->insert(arguments->end(), {"--set", setting});
    }
    succeed(one);
    succeed(two);
    CHECK(differences(folder / (name + "1"), folder / (name + "2")).empty());
  }
  CHECK(host::storage::read_json(folder / "early_stopping2/results.json").at("iterations") == 8);
}

TEST_CASE("three processes train the weights of three parts", "[distributed]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kDividedExperiment + kDividedDataset);
  succeed({file, "--out", folder / "one", "--set", "training.accumulate=3"});
  succeed({file, "--out", folder / "three", "--processes", "3"});
  // And go on in another number of processes.
  succeed({file, "--out", folder / "mixed", "--processes", "3", "--stop-after", "4"});
  succeed({file, "--out", folder / "mixed", "--resume"});
  // Found by its experiment, too.
  const auto in_folder = [&](const std::string& arguments) {
    const auto run = tests::run_program("cd '" + folder.path().string() +
                                        "' && " SLA_HOST_PROGRAM " mine.toml " + arguments);
    INFO(run.output);
    CHECK(run.status == 0);
  };
  in_folder("--processes 3 --stop-after 4");
  in_folder("--resume");
  check_same_weights(folder / "one", folder / "three");
  check_same_weights(folder / "one", folder / "mixed");
}

TEST_CASE("shared statistics of batch normalisation are those of the whole batch",
          "[distributed]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kDividedExperiment + kDividedDataset);
  const std::vector<std::string> whole{file, "--set", "training.precision=fp64", "--set",
                                       "training.batch_size=10"};
  auto one = whole;
  one.insert(one.end(), {"--out", folder / "one"});
  auto two = whole;
  two.insert(two.end(), {"--out", folder / "two", "--processes", "2", "--set",
                         "training.sync_batch_norm=true"});
  succeed(one);
  succeed(two);
  check_same_weights(folder / "one", folder / "two");
  const auto refused =
      run_host({file, "--out", folder / "no", "--processes", "2", "--set",
                "training.sync_batch_norm=true", "--set", "training.accumulate=4"});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.output, ContainsSubstring("a process for each of the 4 parts"));
  // One process can score it.
  succeed({"eval", folder / "two"});
}

TEST_CASE("processes started by hand train the same run", "[distributed]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kDividedExperiment + kDividedDataset);
  succeed({file, "--out", folder / "one", "--set", "training.accumulate=2"});
  const std::string arguments = file + " --out " + (folder / "two").string();
  const auto run =
      tests::run_program("{ " + by_hand(1, some_port(), arguments, folder / "rank1") + " & " +
                         by_hand(0, some_port(), arguments, folder / "rank0") + "; wait $!; }");
  INFO(tests::content_of(folder / "rank0") << tests::content_of(folder / "rank1"));
  CHECK(run.status == 0);
  CHECK(differences(folder / "one", folder / "two").empty());
  // The first process speaks for all; the other's log is in the run's.
  CHECK(tests::content_of(folder / "rank1").empty());
  const auto facts = host::storage::read_json(folder / "two/provenance.json");
  CHECK(facts.at("processes").at("launcher") == "by hand");
  CHECK(facts.at("processes").at("hosts").size() == 2);
}

TEST_CASE("processes that read different data are refused", "[distributed]") {
  const ScratchFolder folder;
  const tests::FakeCifar here(10);
  const tests::FakeCifar there(10);
  const auto batch = there.folder / "cifar-10-batches-bin/data_batch_1.bin";
  std::fstream(batch, std::ios::in | std::ios::out | std::ios::binary).put('\1');
  const std::string file = folder.write(
      "mine.toml", kDividedExperiment + "dataset = { plugin = 'cifar', classes = 10 }\n");
  const std::string arguments = file + " --out " + (folder / "run").string();
  const auto with = [](const tests::FakeCifar& cifar, const std::string& command) {
    return "SLA_DATA='" + cifar.folder.path().string() + "' " + command;
  };
  const int port = some_port() + 1;
  const auto run = tests::run_program(
      "{ " + with(there, by_hand(1, port, arguments, folder / "rank1")) + " & " +
      with(here, by_hand(0, port, arguments, folder / "rank0")) + "; wait $!; }");
  CHECK(run.status == 2);
  CHECK_THAT(tests::content_of(folder / "rank0"),
             ContainsSubstring("has other data than rank 0; there\n") &&
                 ContainsSubstring("train labels is ") &&
                 ContainsSubstring("give all machines the same dataset"));
}

TEST_CASE("torchrun starts the processes", "[distributed]") {
  const char* torchrun = std::getenv("SLA_TORCHRUN");
  if (torchrun == nullptr) return tests::skip("SLA_TORCHRUN names no torchrun");
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kDividedExperiment + kDividedDataset);
  succeed({file, "--out", folder / "one", "--set", "training.accumulate=2"});
  // Served to the store's clients of LibTorch 1.13, too.
  const auto run =
      tests::run_program("TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 " + std::string(torchrun) +
                         " --standalone --no-python --nproc-per-node 2 " SLA_HOST_PROGRAM " " +
                         file + " --out " + (folder / "two").string() + " 2>&1");
  INFO(run.output);
  CHECK(run.status == 0);
  CHECK(differences(folder / "one", folder / "two").empty());
  const auto facts = host::storage::read_json(folder / "two/provenance.json");
  CHECK(facts.at("processes").at("launcher") == "torchrun");
}

TEST_CASE("a killed process ends the others and loses nothing", "[distributed]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kDividedExperiment + kDividedDataset);
  const std::vector<std::string> two{file,
                                     "--processes",
                                     "2",
                                     "--set",
                                     "training.log_every_iterations=1",
                                     "--set",
                                     "checkpoints.every_iterations=1"};
  const auto with = [](std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  for (const std::string rank : {"0", "1"}) {
    INFO("rank " << rank);
    const std::string run = folder / ("killed" + rank);
    tests::RunningHost running(
        with(two, {"--out", run, "--set", "training.total_iterations=100000"}),
        folder / ("output" + rank));
    running.wait_for("iteration 8/", 1);
    const auto processes = tests::children_of(running.process());
    REQUIRE(processes.size() == 2);
    kill(processes.at(static_cast<size_t>(std::stoi(rank))), SIGKILL);
    const auto ended = running.finish();
    INFO(ended.output);
    CHECK(ended.status == kLostProcess);
    CHECK_THAT(ended.output, ContainsSubstring("rank " + rank + " "));
    // What was saved is there: at least the validation before.
    succeed(with(two, {"--out", run, "--resume", "--stop-after", "9", "--set",
                       "training.total_iterations=100000"}));
  }
}

TEST_CASE("what cannot be divided is refused once", "[distributed]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kDividedExperiment + kDividedDataset);
  const auto refused = [&](const std::vector<std::string>& more, const std::string& message) {
    std::vector<std::string> arguments{file, "--out", folder / "run"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto run = run_host(arguments);
    INFO(run.output);
    CHECK(run.status == 2);
    CHECK_THAT(run.output, ContainsSubstring(message));
    CHECK(run.output.find("sla_host:") == run.output.rfind("sla_host:"));
  };
  refused({"--processes", "2", "--set", "training.batch_size=1"},
          "batch_size = 1 is less than accumulate = 2");
  refused({"--processes", "2", "--set", "training.accumulate=3"},
          "accumulate = 3, but there are 2 processes");
  refused({"--set", "training.accumulate=10"}, "batch_size = 9 is less than accumulate = 10");
  succeed({file, "--out", folder / "run"});
  refused({"--processes", "2"}, "already holds a run");

  const auto half = tests::run_program("RANK=0 " SLA_HOST_PROGRAM " " + file + " 2>&1");
  CHECK(half.status == 2);
  CHECK_THAT(half.output, ContainsSubstring("WORLD_SIZE is missing"));

  // Each with its own settings.
  const std::string out = " --out " + (folder / "other").string();
  const auto differing = tests::run_program(
      "{ " + by_hand(1, some_port() + 1, file + out + " --set seed=1", folder / "rank1") + " & " +
      by_hand(0, some_port() + 1, file + out, folder / "rank0") + "; }");
  CHECK(differing.status == 2);
  CHECK_THAT(tests::content_of(folder / "rank0"),
             ContainsSubstring("has another experiment than rank 0: seed is 1 instead of 0"));
}
