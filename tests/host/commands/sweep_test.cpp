#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

using tests::run_host;
using tests::ScratchFolder;

namespace {

namespace fs = std::filesystem;

const std::string kSweptExperiment = R"(
[dataset]
plugin = "synthetic"
train = 64
validation = 20
test = 20
[model]
plugin = "cresnet"
depth = 20
[objective]
plugin = "baseline"
[training]
batch_size = 4
total_iterations = 6
validate_every_iterations = 3
log_every_iterations = 1
[runtime]
threads = 1
)";

/// A sweep of two seeds whose runs take `iterations`.
fs::path write_sweep(const ScratchFolder& folder, int iterations) {
  folder.write("mine.toml", kSweptExperiment);
  return folder.write("s.toml",
                      "experiments = [\"mine.toml\"]\nseeds = [0, 1]\n[set]\n"
                      "training.total_iterations = " +
                          std::to_string(iterations) + "\n");
}

/// Waits up to half a minute for a file to contain a text.
void wait_for(const fs::path& file, const std::string& text) {
  for (int tries = 0; tries < 3000; ++tries) {
    if (fs::exists(file) && tests::content_of(file).find(text) != std::string::npos) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL(file << " never said '" << text << "'");
}

/// The accuracy in a run's results, as text.
std::string metrics_of(const fs::path& run) {
  const std::string results = tests::content_of(run / "results.json");
  const auto begin = results.find("\"metrics\"");
  return results.substr(begin, results.find('}', begin) - begin);
}

}  // namespace

TEST_CASE("a sweep that is stopped and killed resumes, and gives the same results", "[sweep]") {
  const ScratchFolder folder;
  const auto file = write_sweep(folder, 16);
  const auto straight = folder / "straight";
  CHECK(run_host({"sweep", file, "--out", straight, "--jobs", "2"}).status == 0);

  const auto out = folder / "out";
  const auto log = out / "mine-seed0" / "sweep.log";
  const std::vector<std::string> sweep{"sweep", file, "--out", out};
  {
    tests::RunningHost stopped(sweep, folder / "first.txt");
    stopped.wait_for("mine-seed0 starts");
    wait_for(log, "iteration 5/");
    stopped.send(SIGINT);
    const auto finished = stopped.finish();
    CHECK(finished.status == 128 + SIGINT);
    CHECK_THAT(finished.output, ContainsSubstring("interrupted; rerun the same command to resume"));
    CHECK_THAT(tests::content_of(log), ContainsSubstring("interrupted and saved"));
  }
  {
    tests::RunningHost killed(sweep, folder / "second.txt");
    killed.wait_for("mine-seed0 resumes");
    killed.wait_for("mine-seed1 starts");
    killed.send(SIGKILL);
    killed.finish();
  }
  const auto finished = run_host(sweep);
  CHECK(finished.status == 0);
  CHECK_THAT(finished.output, ContainsSubstring("mine-seed0 is already finished"));
  CHECK_THAT(tests::content_of(out / "table.md"), ContainsSubstring("| mine | 2 |"));
  for (const char* run : {"mine-seed0", "mine-seed1"}) {
    CHECK(metrics_of(out / run) == metrics_of(straight / run));
  }

  // Nothing is left to do.
  const auto results = fs::last_write_time(out / "mine-seed1" / "results.json");
  CHECK(run_host(sweep).status == 0);
  CHECK(fs::last_write_time(out / "mine-seed1" / "results.json") == results);
}

TEST_CASE("a failing run of a sweep does not stop the others", "[sweep]") {
  const ScratchFolder folder;
  folder.write("mine.toml", kSweptExperiment);
  folder.write("broken.toml", kSweptExperiment + "[optimizer]\nlearning_rate = 1e30\n");
  const auto file =
      folder.write("s.toml", "experiments = [\"broken.toml\", \"mine.toml\"]\nseeds = [0]\n");
  const auto finished = run_host({"sweep", file, "--out", folder / "out"});
  CHECK(finished.status == 4);
  CHECK_THAT(finished.output, ContainsSubstring("broken-seed0 failed: status 2: "));
  CHECK_THAT(finished.output, ContainsSubstring("broken-seed0/sweep.log"));
  CHECK(fs::exists(folder / "out/mine-seed0/results.json"));
}

TEST_CASE("a cell that holds another experiment is an error, and not in the table", "[sweep]") {
  const ScratchFolder folder;
  CHECK(run_host({"sweep", write_sweep(folder, 2), "--out", folder / "out"}).status == 0);
  const auto file = write_sweep(folder, 3);
  fs::remove_all(folder / "out/mine-seed1");
  const auto listed = run_host({"sweep", file, "--out", folder / "out", "--list"});
  CHECK(listed.status == 4);
  CHECK_THAT(listed.output, ContainsSubstring("1  mine-seed1  not started"));
  const auto finished = run_host({"sweep", file, "--out", folder / "out"});
  CHECK(finished.status == 4);
  CHECK_THAT(finished.output, ContainsSubstring("mine-seed0 failed: "));
  CHECK_THAT(finished.output, ContainsSubstring("training.total_iterations is 2 there and 3 here"));
  CHECK_THAT(tests::content_of(folder / "out/table.md"), ContainsSubstring("| mine | 1 |"));
}

TEST_CASE("the Slurm script runs the cell of its array task", "[sweep]") {
  const ScratchFolder folder;
  const auto file = write_sweep(folder, 2);
  const auto written =
      run_host({"sweep", file, "--out", folder / "out", "--set", "optimizer.learning_rate=0.05",
                "--slurm", (folder / "job.sh").string()});
  CHECK(written.status == 0);
  CHECK_THAT(tests::content_of(folder / "job.sh"), ContainsSubstring("#SBATCH --array=0-1\n"));
  CHECK(tests::content_of(folder / "job.sh").find("--any-build") == std::string::npos);
  const auto any = folder / "any.sh";
  run_host({"sweep", file, "--out", folder / "out", "--any-build", "--slurm", any.string()});
  CHECK_THAT(tests::content_of(any), ContainsSubstring("'--any-build' '--only'"));
  CHECK_FALSE(fs::exists(folder / "out/mine-seed1"));
  const auto ran =
      tests::run_program("SLURM_ARRAY_TASK_ID=1 bash '" + (folder / "job.sh").string() + "'");
  CHECK(ran.status == 0);
  CHECK(fs::exists(folder / "out/mine-seed1/results.json"));
  CHECK_THAT(tests::content_of(folder / "out/mine-seed1/experiment.toml"),
             ContainsSubstring("learning_rate = 0.05"));
  CHECK_FALSE(fs::exists(folder / "out/mine-seed0"));
}

TEST_CASE("the Slurm script starts the tasks of its array task's run", "[sweep]") {
  const ScratchFolder folder;
  const auto file = write_sweep(folder, 2);
  const std::string job = folder / "job.sh";
  const auto written =
      run_host({"sweep", file, "--out", folder / "out", "--slurm", job, "--processes", "2"});
  INFO(written.output);
  REQUIRE(written.status == 0);
  const std::string script = tests::content_of(job);
  for (const std::string line : {"--array=0-1", "--ntasks=2", "--requeue", "--signal=B:USR1@120"}) {
    CHECK_THAT(script, ContainsSubstring("#SBATCH " + line + "\n"));
  }
  // Instead of Slurm's: this one starts a single task, after its only option.
  folder.write("srun", "#!/bin/sh\nshift\necho started\nexec \"$@\"\n");
  const std::string run = "chmod +x '" + (folder / "srun").string() + "'; PATH='" +
                          folder.path().string() + "':$PATH SLURM_ARRAY_TASK_ID=1 bash '" + job +
                          "' 2>&1";
  const auto ran = tests::run_program(run);
  INFO(ran.output);
  CHECK(ran.status == 0);
  CHECK_THAT(ran.output, ContainsSubstring("started"));
  CHECK(fs::exists(folder / "out/mine-seed1/results.json"));
  CHECK_FALSE(fs::exists(folder / "out/mine-seed0"));
  const auto again = tests::run_program(run);
  CHECK(again.status == 0);
  CHECK(again.output.empty());
}

TEST_CASE("a grid shows test metrics only of the setting that validation chose", "[sweep]") {
  const ScratchFolder folder;
  folder.write("mine.toml", kSweptExperiment);
  const auto file = folder.write("s.toml",
                                 "experiments = [\"mine.toml\"]\n[grid]\n"
                                 "optimizer.learning_rate = [0.1, 0.0]\n");
  const auto finished = run_host({"sweep", file, "--out", folder / "out"});
  CHECK(finished.status == 0);
  CHECK_THAT(finished.output,
             ContainsSubstring("Test metrics only of the settings that validation chose"));
  std::istringstream table(tests::content_of(folder / "out/table.md"));
  int shown = 0;
  int hidden = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.find("| mine") == std::string::npos) continue;
    CHECK_THAT(line, ContainsSubstring(" % single |"));  // the validation is always shown
    ++(line.find(" % single | - |") != std::string::npos ? hidden : shown);
  }
  CHECK(shown == 1);
  CHECK(hidden == 1);
}

TEST_CASE("a grid over the metric that chooses chooses nothing", "[sweep]") {
  const ScratchFolder folder;
  folder.write("mine.toml", kSweptExperiment);
  const auto file = folder.write(
      "s.toml",
      "experiments = [\"mine.toml\"]\n[grid]\n"
      "training.select = [\"validation.single.loss\", \"validation.single.accuracy\"]\n");
  const auto finished = run_host({"sweep", file, "--out", folder / "out"});
  REQUIRE(finished.status == 0);
  CHECK_THAT(finished.output,
             ContainsSubstring("mine: no setting is chosen, for validation.single.accuracy and "
                               "validation.single.loss do not compare"));
  const std::string table = tests::content_of(folder / "out/table.md");
  CHECK_THAT(table, ContainsSubstring("| mine"));
  CHECK(table.find("| single |") == std::string::npos);
}

TEST_CASE("a grid shows no test metrics if nothing was chosen by validation", "[sweep]") {
  const ScratchFolder folder;
  folder.write("mine.toml", kSweptExperiment);
  const auto file =
      folder.write("s.toml",
                   "experiments = [\"mine.toml\"]\n[set]\ntraining.select = \"last\"\n"
                   "[grid]\noptimizer.learning_rate = [0.1, 0.0]\n");
  REQUIRE(run_host({"sweep", file, "--out", folder / "out"}).status == 0);
  const std::string table = tests::content_of(folder / "out/table.md");
  CHECK_THAT(table, ContainsSubstring("| mine"));
  CHECK(table.find(" %") == std::string::npos);
}
