#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "tests/catch.h"
#include "tests/support/faulty.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

using tests::run_host;
using tests::ScratchFolder;

namespace {

namespace fs = std::filesystem;

/// Saves at iteration 1000 and fails long after that, at iteration 1900.
std::string failing_run(const ScratchFolder& folder, const std::string& how) {
  return folder.write(how + ".toml",
                      tests::faulty_experiment(how, 1900) +
                          "dataset = { plugin = 'synthetic', train = 64, validation = 8, test = 8 "
                          "}\ntraining = { batch_size = 4, total_iterations = 2000, "
                          "validate_every_iterations = 1000 }\n");
}

}  // namespace

TEST_CASE("a plugin that crashes is named, with what is saved", "[commands]") {
  const ScratchFolder folder;
  const auto [how, signal, name] = GENERATE(table<std::string, int, std::string>(
      {{"crash", SIGSEGV, "SIGSEGV"}, {"abort", SIGABRT, "SIGABRT"}}));
  const auto finished = run_host({failing_run(folder, how), "--out", folder / "run"});
  CHECK(finished.status == 128 + signal);
  CHECK_THAT(finished.output,
             ContainsSubstring("plugin 'faulty', component 'failing_loss', in loss: crashed with " +
                               name) &&
                 ContainsSubstring("exit status " + std::to_string(128 + signal) +
                                   "; everything up to iteration 1000 is saved in " +
                                   (folder / "run").string() + ", --resume continues there\n"));
}

TEST_CASE("a plugin that ends the program is named", "[commands]") {
  const ScratchFolder folder;
  const auto finished = run_host({failing_run(folder, "exit"), "--out", folder / "run"});
  CHECK(finished.status == 3);
  CHECK_THAT(finished.output,
             ContainsSubstring("component 'failing_loss', in loss: called exit(); everything up to "
                               "iteration 1000 is saved"));
}

TEST_CASE("a plugin that ends the program with success has not succeeded", "[commands]") {
  const ScratchFolder folder;
  const auto finished = run_host({failing_run(folder, "quit"), "--out", folder / "run"});
  CHECK(finished.status == 2);
  CHECK_THAT(finished.output, ContainsSubstring("in loss: called exit()"));
}

TEST_CASE("overwriting a plugin's file does not disturb a run", "[commands]") {
  const ScratchFolder folder;
  fs::copy_file(SLA_FIXTURES "/faulty.so", folder / "mine.so");
  std::string text = tests::content_of(failing_run(folder, "throw"));
  for (const std::string old = SLA_FIXTURES "/faulty.so"; text.find(old) != std::string::npos;) {
    text.replace(text.find(old), old.size(), (folder / "mine.so").string());
  }
  const auto file = folder.write("mine.toml", text);
  tests::RunningHost host(
      {file, "--out", folder / "run", "--set", "objective.at=100_000_000", "--set",
       "training.total_iterations=1_000_000", "--set", "training.log_every_iterations=10"},
      folder / "output");
  host.wait_for("iteration 20/");
  // In place and shorter, as cp and scp do it.
  folder.write("mine.so", "no longer a library");
  host.wait_for("images/s", 200);
  host.send(SIGTERM);
  const auto finished = host.finish();
  CHECK(finished.status == 128 + SIGTERM);
  CHECK_THAT(finished.output, ContainsSubstring("interrupted and saved"));
}
