#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/run_files.h"
#include "tests/support/scratch_folder.h"

using tests::run_host;
using tests::RunFiles;
using tests::ScratchFolder;

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Three runs: finished ones with seeds 0 and 1, the second in a folder of a sweep, and one that is
/// not finished.
struct Runs {
  Runs() {
    RunFiles files;
    files.with(0, 30).write(folder / "runs/first");
    files.with(1, 40).write(folder / "runs/sweep/second");
    RunFiles open;
    open.experiment =
        "seed = 2\n[dataset]\nplugin = \"long_tail\"\n[dataset.source]\nplugin = "
        "\"cifar\"\ncomponent = \"cifar100\"\n[objective]\nplugin = \"baseline\"\n"
        "[training]\ntotal_iterations = 100\n";
    open.metrics +=
        "{\"iteration\":150,\"validation.single.accuracy\":25.5}\n"
        "{\"iteration\":200,\"validation.single.accuracy\":24.0}\n{\"iterat";
    open.results = "";
    open.write(folder / "runs/third");
    fs::create_directories(folder / "runs/no run");
  }

  /// The command's output for these runs.
  std::string list(std::vector<std::string> arguments, int status = 0) const {
    arguments.insert(arguments.begin(), {"runs", folder / "runs"});
    const auto finished = run_host(arguments);
    INFO(finished.output);
    CHECK(finished.status == status);
    return finished.output;
  }

  /// Of the first column, without the folder.
  std::vector<std::string> names(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    std::vector<std::string> found;
    for (const auto& one : json::parse(list(arguments))) {
      found.push_back(fs::path(one.at("run").get<std::string>()).filename());
    }
    return found;
  }

  ScratchFolder folder;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("runs are listed with their state, components and metrics", "[commands]") {
  const Runs runs;
  const json listed = json::parse(runs.list({"--json"}));
  REQUIRE(listed.size() == 3);
  CHECK(listed[0].at("state") == "finished");
  CHECK(listed[0].at("seed") == 0);
  CHECK(listed[0].at("dataset") == "cifar");
  CHECK(listed[0].at("objective") == "sla");
  CHECK(listed[0].at("model").is_null());
  CHECK(listed[0].at("validation") == 20.0);
  CHECK(listed[0].at("selected_by") == "validation.single.accuracy");
  CHECK(listed[0].at("test") == 30.0);
  CHECK(listed[1].at("test") == 40.0);
  CHECK(listed[2].at("state") == "interrupted");
  CHECK(listed[2].at("dataset") == "long_tail of cifar100");
  CHECK(listed[2].at("validation") == 25.5);
  CHECK(listed[2].at("test").is_null());
  CHECK(listed[0].at("age").get<double>() < 60);

  std::istringstream table(runs.list({}));
  std::string line;
  std::getline(table, line);
  CHECK(line.find("run") == 0);
  std::getline(table, line);
  CHECK_THAT(line, ContainsSubstring("finished") && ContainsSubstring("20.00 % single") &&
                       ContainsSubstring("30.00 % single"));
  CHECK_THAT(runs.list({"--csv", "--columns", "seed,training.total_iterations,single.accuracy"}),
             ContainsSubstring("seed,training.total_iterations,single.accuracy\n0,100,30\n"));
}

TEST_CASE("a run that a program holds is running", "[commands]") {
  const Runs runs;
  const std::string lock = runs.folder / "runs/third/lock";
  const int descriptor = open(lock.c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(flock(descriptor, LOCK_EX) == 0);
  CHECK(runs.names({"--where", "state = running"}) == Names{"third"});
  close(descriptor);
  CHECK(runs.names({"--where", "state = running"}).empty());
}

TEST_CASE("watch prints a validation that comes after the loss of its iteration", "[commands]") {
  const Runs runs;
  const fs::path run = runs.folder / "runs/third";
  // Not for the program to inherit: the lock would stay.
  const int descriptor = open((run / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(flock(descriptor, LOCK_EX) == 0);
  const auto append = [&](const std::string& line) {
    std::ofstream(run / "metrics.jsonl", std::ios::app) << line;
  };
  append("ion\":250,\"train.loss\":1.25}\n");
  tests::RunningHost watching({"watch", run}, runs.folder / "printed");
  watching.wait_for("250  train.loss 1.25");
  append("{\"iteration\":250,\"validation.single.accuracy\":61.5}\n");
  close(descriptor);
  const auto finished = watching.finish();
  CHECK(finished.status == 0);
  CHECK_THAT(finished.output, ContainsSubstring("250  validation.single.accuracy 61.5"));
}

TEST_CASE("runs are chosen and sorted by columns and keys", "[commands]") {
  const Runs runs;
  CHECK(runs.names({"--where", "objective.plugin = \"sla\""}) == Names{"first", "second"});
  CHECK(runs.names({"--where", "seed>=1"}) == Names{"second", "third"});
  CHECK(runs.names({"--where", "seed >= 1", "--where", "state=finished"}) == Names{"second"});
  CHECK(runs.names({"--where", "test > 35"}) == Names{"second"});
  CHECK(runs.names({"--where", "dataset.source.component != cifar100"}) ==
        Names{"first", "second"});
  CHECK(runs.names({"--sort", "-test"}) == Names{"second", "first", "third"});
  CHECK(runs.names({"--sort", "validation"}) == Names{"first", "second", "third"});
  CHECK(runs.names({"--sort", "-seed"}) == Names{"third", "second", "first"});
  CHECK_THAT(runs.list({"--where", "state = \"finished\" or seed = 2"}, 2),
             ContainsSubstring("--where 'state = \"finished\" or seed = 2': ") &&
                 ContainsSubstring("is not a TOML value"));
  CHECK_THAT(runs.list({"--csv", "--columns", "training", "--where", "seed=0"}),
             ContainsSubstring("training\n") && ContainsSubstring("total_iterations = 100"));
  CHECK_THAT(runs.list({"--where", "sed = 1"}, 2), ContainsSubstring("did you mean 'seed'?"));
  CHECK_THAT(runs.list({"--sort", "vaildation"}, 2), ContainsSubstring("did you mean"));
  CHECK_THAT(runs.list({"--where", "seed"}, 2), ContainsSubstring("'seed' is not a condition"));
  CHECK_THAT(run_host({"runs", runs.folder / "none"}).output, ContainsSubstring("no folder"));
  CHECK_THAT(run_host({"runs", runs.folder / "runs/no run"}).output, ContainsSubstring("no runs"));
}

TEST_CASE("linked runs are found, once", "[commands]") {
  const Runs runs;
  fs::rename(runs.folder / "runs/sweep", runs.folder / "scratch");
  fs::create_directory_symlink(runs.folder / "scratch", runs.folder / "runs/sweep");
  fs::create_directory_symlink(runs.folder / "runs", runs.folder / "runs/round");
  CHECK(runs.names({"--sort", "seed"}) == Names{"first", "second", "third"});
}

TEST_CASE("runs have tags and a note", "[commands]") {
  const Runs runs;
  const std::string first = runs.folder / "runs/first";
  const std::string third = runs.folder / "runs/third";
  CHECK(run_host({"tag", first, third, "--add", "paper,odd"}).status == 0);
  CHECK(run_host({"tag", third, "--remove", "odd", "--note", "too short"}).status == 0);
  CHECK_THAT(run_host({"tag", third}).output, ContainsSubstring("third: paper; too short"));
  CHECK(runs.names({"--tag", "paper"}) == Names{"first", "third"});
  CHECK(runs.names({"--tag", "paper", "--tag", "odd"}) == Names{"first"});
  CHECK_THAT(runs.list({"--columns", "run,note"}), ContainsSubstring("too short"));
  CHECK(run_host({"tag", runs.folder / "runs/no run", "--add", "x"}).status == 2);
}

TEST_CASE("damaged runs are named, and the others listed", "[commands]") {
  const Runs runs;
  runs.folder.write("runs/first/results.json", "{\"metrics\":");
  runs.folder.write("runs/third/metrics.jsonl", "{1}\n");
  const std::string listed = runs.list({});
  CHECK_THAT(listed, ContainsSubstring("first/results.json is damaged; skipped") &&
                         ContainsSubstring("third/metrics.jsonl holds a damaged line") &&
                         ContainsSubstring("second"));
}
