#include "host/results/run.h"

#include <cmath>

#include "host/base/errors.h"
#include "tests/catch.h"
#include "tests/support/run_files.h"

using host::StorageError;
using host::results::read_run;
using host::results::read_runs;
using tests::RunFiles;
using tests::ScratchFolder;

TEST_CASE("a finished run is read completely", "[results]") {
  const ScratchFolder folder;
  const auto run = read_run(RunFiles().with(7, 30).write(folder / "a"));
  CHECK(run.name == "mine");
  CHECK(run.seed == 7);
  CHECK(run.iteration == 100);
  CHECK(run.total_iterations == 100);
  CHECK(run.state() == "finished");
  CHECK(run.metrics == std::map<std::string, double>{{"single.accuracy", 30}});
  CHECK(run.notes.empty());
  const auto& loss = run.series.at("train.loss");
  CHECK(loss.iterations == std::vector<int64_t>{50, 100});
  CHECK(loss.values[0] == 2.5);
  CHECK(std::isnan(loss.values[1]));
  CHECK(run.series.at("validation.single.accuracy").values == std::vector<double>{20});
}

TEST_CASE("an unfinished run reports how far it got, and has no metrics", "[results]") {
  const ScratchFolder folder;
  RunFiles files;
  files.results = "";
  files.metrics = "{\"iteration\":50,\"train.loss\":2.5}\n";
  const auto run = read_run(files.write(folder / "half"));
  CHECK(run.name == "half");
  CHECK(run.state() == "unfinished: iteration 50 of 100");
  CHECK(run.metrics.empty());
}

TEST_CASE("an incomplete last line of the metrics is ignored and noted", "[results]") {
  const ScratchFolder folder;
  RunFiles files;
  files.metrics += "{\"iteration\":150,\"train.lo";
  const auto run = read_run(files.write(folder / "a"));
  CHECK(run.iteration == 100);
  REQUIRE(run.notes.size() == 1);
  CHECK_THAT(run.notes[0], ContainsSubstring("metrics.jsonl: ignoring the incomplete last line"));
}

TEST_CASE("unreadable runs are named and skipped", "[results]") {
  const ScratchFolder folder;
  RunFiles no_metrics;
  no_metrics.metrics = no_metrics.results = "";
  RunFiles damaged;
  damaged.metrics = "{\"iteration\":50,\n" + damaged.metrics;
  RunFiles foreign;
  foreign.results = R"({"experiment":7,"metrics":[]})";
  std::vector<std::string> notes;
  const auto runs = read_runs(
      {no_metrics.write(folder / "new"), RunFiles().write(folder / "good"),
       damaged.write(folder / "damaged"), foreign.write(folder / "foreign"), folder / "nothing"},
      notes);
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].path == folder / "good");
  REQUIRE(notes.size() == 4);
  CHECK(notes[0] == (folder / "new").string() + " has no metrics yet; skipped");
  CHECK_THAT(notes[1], ContainsSubstring("damaged/metrics.jsonl is damaged: not JSON; skipped"));
  CHECK_THAT(notes[2], ContainsSubstring("foreign holds JSON that this program did not write"));
  CHECK_THAT(notes[3], ContainsSubstring("nothing is not a run directory"));
  CHECK_THROWS_AS(read_runs({folder / "nothing"}, notes), StorageError);
}
