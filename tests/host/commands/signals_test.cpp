#include <csignal>

#include <sys/mount.h>
#include <unistd.h>

#include "tests/catch.h"
#include "tests/support/faulty.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/skip.h"

using tests::run_host;
using tests::RunningHost;
using tests::ScratchFolder;

namespace {

namespace fs = std::filesystem;

/// Runs for minutes unless it is stopped.
std::string long_run(const ScratchFolder& folder, const std::string& more = "") {
  return folder.write("mine.toml",
                      tests::faulty_experiment("throw", 100'000'000) +
                          "dataset = { plugin = 'synthetic', train = 64, validation = 8, test = 8 "
                          "}\ntraining = { batch_size = 4, total_iterations = 1_000_000, "
                          "validate_every_iterations = 100, log_every_iterations = 100 }\n" +
                          more);
}

}  // namespace

TEST_CASE("signals that end programs save, and end this one with their own status", "[commands]") {
  const ScratchFolder folder;
  const std::string file = long_run(folder);
  const int signal = GENERATE(SIGTERM, SIGINT, SIGHUP, SIGXCPU, SIGUSR2);
  RunningHost host({file, "--out", folder / "run"}, folder / "output");
  host.wait_for("iteration 300/");
  host.send(signal);
  const auto finished = host.finish();
  CHECK(finished.status == 128 + signal);
  CHECK_THAT(finished.output, ContainsSubstring("interrupted and saved; continue with --resume"));
  const auto resumed = run_host({file, "--out", folder / "run", "--resume", "--stop-after", "0"});
  CHECK(resumed.status == 0);
  CHECK_THAT(resumed.output, ContainsSubstring("resuming after iteration "));
  CHECK_THAT(tests::content_of(folder / "run/provenance.json"),
             ContainsSubstring("\"exit\": \"signal " + std::to_string(signal) + "\""));
}

TEST_CASE("the second signal ends the program at once", "[commands]") {
  const ScratchFolder folder;
  const std::string file = folder.write(
      "mine.toml", tests::faulty_experiment("slow", 0) +
                       "dataset = { plugin = 'synthetic', train = 64, validation = 8, test = 8 }\n"
                       "training = { total_iterations = 2, validate_every_iterations = 2 }\n");
  RunningHost host({file, "--out", folder / "run"}, folder / "output");
  host.wait_for("10 classes");
  usleep(500'000);  // the iteration that takes twenty seconds has begun
  host.send(SIGTERM);
  usleep(100'000);
  host.send(SIGTERM);
  const auto finished = host.finish();
  CHECK(finished.status == 128 + SIGTERM);
  CHECK(finished.output.find("interrupted and saved") == std::string::npos);
  CHECK(!fs::exists(folder / "run/last.ckpt"));
}

TEST_CASE("SIGUSR1 saves and the run continues", "[commands]") {
  const ScratchFolder folder;
  const std::string file =
      long_run(folder, "[profile.rare]\ntraining.validate_every_iterations = 1_000_000\n");
  RunningHost host({file, "--profile", "rare", "--out", folder / "run"}, folder / "output");
  host.wait_for("iteration 200/");
  CHECK(!fs::exists(folder / "run/last.ckpt"));
  host.send(SIGUSR1);
  host.wait_for("saved on a signal");
  host.wait_for("images/s", 5);
  // It is written beside training.
  for (int i = 0; i < 300 && !fs::exists(folder / "run/last.ckpt"); ++i) usleep(100'000);
  CHECK(fs::exists(folder / "run/last.ckpt"));
  host.send(SIGKILL);
  CHECK(host.finish().status == 128 + SIGKILL);
  CHECK_THAT(run_host({file, "--profile", "rare", "--out", folder / "run", "--resume",
                       "--stop-after", "0"})
                 .output,
             ContainsSubstring("resuming after iteration "));
}

TEST_CASE("a second program cannot enter a run's directory, except after a crash", "[commands]") {
  const ScratchFolder folder;
  const std::string file = long_run(folder);
  RunningHost host({file, "--out", folder / "run"}, folder / "output");
  host.wait_for("iteration 200/");
  const auto second = run_host({file, "--out", folder / "run", "--resume"});
  CHECK(second.status == 2);
  CHECK_THAT(second.output, ContainsSubstring("is in use by process "));
  host.send(SIGKILL);
  host.finish();
  CHECK(run_host({file, "--out", folder / "run", "--resume", "--stop-after", "0"}).status == 0);
  CHECK_THAT(tests::content_of(folder / "run/provenance.json"),
             ContainsSubstring("\"exit\": \"killed\""));
}

TEST_CASE("a log that cannot be written loses log lines and nothing else", "[commands]") {
  const ScratchFolder folder;
  const std::string file = long_run(folder);
  fs::create_directory(folder / "run");
  fs::create_symlink("/dev/full", folder / "run/log.txt");
  const auto finished =
      run_host({file, "--out", folder / "run", "--set", "training.total_iterations=200"});
  CHECK(finished.status == 0);
  CHECK_THAT(finished.output, ContainsSubstring("some log lines were lost: "));
  CHECK(fs::exists(folder / "run/results.json"));
}

TEST_CASE("a disk that fills up during a run loses nothing that was saved", "[commands]") {
  const ScratchFolder folder;
  const std::string file = long_run(folder);
  fs::create_directory(folder / "small");
  if (mount("none", (folder / "small").c_str(), "tmpfs", 0, "size=200k") != 0) {
    return tests::skip("mounting a small disk needs root");
  }
  // Log and metrics grow until the disk is full.
  const auto full = run_host({file, "--out", folder / "small/run"});
  CHECK(full.status == 2);
  CHECK_THAT(full.output, ContainsSubstring("No space left on device; free some space, then run "
                                            "the command again"));
  fs::remove(folder / "small/run/log.txt");
  const auto resumed =
      run_host({file, "--out", folder / "small/run", "--resume", "--stop-after", "0"});
  INFO(resumed.output);
  CHECK(resumed.status == 0);
  CHECK_THAT(resumed.output, ContainsSubstring("resuming after iteration "));
  umount((folder / "small").c_str());
}

TEST_CASE("a run under nohup survives the end of its terminal", "[commands]") {
  const ScratchFolder folder;
  const std::string file = long_run(folder);
  std::signal(SIGHUP, SIG_IGN);  // as nohup has it when it starts a program
  RunningHost host({file, "--out", folder / "run", "--set", "training.total_iterations=2000"},
                   folder / "output");
  std::signal(SIGHUP, SIG_DFL);
  host.wait_for("iteration 100/");
  host.send(SIGHUP);
  const auto finished = host.finish();
  CHECK(finished.status == 0);
  CHECK(fs::exists(folder / "run/results.json"));
}

TEST_CASE("a log that nobody reads costs lines only", "[commands]") {
  const ScratchFolder folder;
  const std::string file = long_run(folder);
  // As `... | head -1`; the status is the program's.
  const std::string command = SLA_HOST_PROGRAM " '" + file + "' --out '" +
                              (folder / "run").string() + "' --set training.total_iterations=1000";
  const auto finished = tests::run_program("{ { " + command + "; echo $? > '" +
                                           (folder / "status").string() + "'; } 2>&1 | head -1; }");
  CHECK(finished.status == 0);
  CHECK(tests::content_of(folder / "status") == "0\n");
  CHECK(fs::exists(folder / "run/results.json"));
}

TEST_CASE("a limit on file sizes ends a run with advice, and what was saved stays", "[commands]") {
  const ScratchFolder folder;
  const std::string file = long_run(folder);
  const auto finished = tests::run_program("ulimit -f 100; " SLA_HOST_PROGRAM " '" + file +
                                           "' --out '" + (folder / "run").string() + "'");
  CHECK(finished.status == 2);
  CHECK_THAT(finished.output, ContainsSubstring("raise the limit on file sizes (ulimit -f)"));
  const auto resumed = run_host({file, "--out", folder / "run", "--resume", "--stop-after", "0"});
  CHECK(resumed.status == 0);
}

TEST_CASE("descriptors that the parent closed are not taken for files", "[commands]") {
  const ScratchFolder folder;
  const std::string file = long_run(folder);
  const auto finished =
      tests::run_program(SLA_HOST_PROGRAM " '" + file + "' --out '" + (folder / "run").string() +
                         "' --set training.total_iterations=200 <&- >&- 2>&-");
  CHECK(finished.status == 0);
  std::istringstream metrics(tests::content_of(folder / "run/metrics.jsonl"));
  for (std::string line; std::getline(metrics, line);) {
    CHECK((line.starts_with('{') && line.ends_with('}')));
  }
}

TEST_CASE("output that cannot be written is an error of each command", "[commands]") {
  const auto command = GENERATE(as<std::string>(), "plugins", "describe sla", "--help");
  const auto finished =
      tests::run_program(std::string(SLA_HOST_PROGRAM) + " " + command + " > /dev/full");
  CHECK(finished.status == 2);
  CHECK_THAT(finished.output, ContainsSubstring("cannot write to standard output: No space left"));
}
