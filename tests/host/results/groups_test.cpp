#include "host/results/groups.h"

#include <cmath>
#include <limits>

#include "host/base/errors.h"
#include "host/results/overview.h"
#include "tests/catch.h"
#include "tests/support/run_files.h"

using host::results::group_by_experiment;
using host::results::read_runs;
using host::results::Run;
using tests::RunFiles;
using tests::ScratchFolder;

namespace {

/// The same experiment with another objective.
RunFiles baseline() {
  RunFiles files;
  files.experiment.replace(files.experiment.find("\"sla\""), 5, "\"baseline\"");
  return files;
}

}  // namespace

TEST_CASE("runs that differ by seed only are one group, with mean and deviation", "[results]") {
  const ScratchFolder folder;
  std::vector<std::string> notes;
  auto runs = read_runs(
      {RunFiles().with(0, 29).write(folder / "a"), RunFiles().with(1, 30).write(folder / "b"),
       baseline().write(folder / "c"), RunFiles().with(2, 34).write(folder / "d")},
      notes);
  const auto groups = group_by_experiment(runs, notes);
  REQUIRE(groups.groups.size() == 2);
  CHECK(groups.differences == std::vector<std::string>{"objective.plugin"});
  const auto& first = groups.groups[0];
  CHECK(first.runs == std::vector<size_t>{0, 1, 3});
  CHECK(first.name == "mine (objective.plugin = \"sla\")");
  // Mean of 29, 30 and 34; squares 4, 1 and 9 by n - 1 = 2.
  CHECK(first.metrics.at("single.accuracy").mean == Approx(31));
  CHECK(first.metrics.at("single.accuracy").sd == Approx(std::sqrt(7)));
  CHECK(first.metrics.at("single.accuracy").text() == "31.00 +- 2.65");
  CHECK(groups.groups[1].metrics.at("single.accuracy").text() == "30.00");
  CHECK(notes.empty());

  const auto table = host::results::overview_of(groups, runs);
  using Texts = std::vector<std::string>;
  CHECK(table.header == Texts{"experiment", "runs", "selected at", "single", "objective.plugin"});
  CHECK(table.rows == std::vector<Texts>{{"mine (objective.plugin = \"sla\")", "3",
                                          "20.00 +- 0.00 % single", "31.00 +- 2.65 %", "\"sla\""},
                                         {"mine (objective.plugin = \"baseline\")", "1",
                                          "20.00 % single", "30.00 %", "\"baseline\""}});
}

TEST_CASE("a statistic of what is not a number says so, whatever its sign", "[results]") {
  const double undefined = -std::numeric_limits<double>::quiet_NaN();
  CHECK(host::results::statistic_of({undefined}).text() == "nan");
  CHECK(host::results::statistic_of({30, undefined}).text() == "nan");
}

TEST_CASE("what makes metrics doubtful is noted", "[results]") {
  const ScratchFolder folder;
  std::vector<std::string> notes;
  RunFiles resumed;
  resumed.provenance =
      R"({"splits":{"test":{"labels_sha256":"aaaa"}},"sessions":[{"changed":[]},{"changed":[)"
      R"("device was cuda, is cpu","libtorch was 2.11.0, is 1.13.0","plugin sla: build_id was 1, is 2",)"
      R"("plugin sla: sha256 was 1a, is 2b"]},{"changed":["libtorch was 2.11.0, is 1.13.0"]}]})";
  RunFiles leaking = RunFiles().with(1, 30);
  leaking.results.replace(leaking.results.find("[]"), 2, R"(["the splits share images"])");
  auto runs = read_runs({resumed.write(folder / "a"), leaking.write(folder / "b")}, notes);
  group_by_experiment(runs, notes);
  CHECK(notes ==
        std::vector<std::string>{
            (folder / "a").string() +
                " was resumed with other code or data than it began with: LibTorch, plugin sla",
            "mine: THESE METRICS DEVIATE FROM THE PROTOCOL: the splits share images"});
}

TEST_CASE("runs of one experiment on different data are noted", "[results]") {
  const ScratchFolder folder;
  const auto with_data = [](int64_t seed, const std::string& labels, const std::string& files) {
    RunFiles run;
    run.provenance = R"({"splits":{"train":{"images":20,"labels_sha256":")" + labels +
                     R"("}},"dataset":{"folder":"photos)" + std::to_string(seed) +
                     R"(","files_sha256":")" + files + R"("},"sessions":[]})";
    return run.with(seed, 30);
  };
  std::vector<std::string> notes;
  auto runs = read_runs({with_data(0, "aaaa", "1111").write(folder / "a"),
                         with_data(1, "aaaa", "1111").write(folder / "b")},
                        notes);
  group_by_experiment(runs, notes);
  CHECK(notes.empty());
  runs = read_runs({with_data(0, "aaaa", "1111").write(folder / "c"),
                    with_data(1, "bbbb", "2222").write(folder / "d")},
                   notes);
  CHECK(group_by_experiment(runs, notes).groups.size() == 1);
  CHECK(notes == std::vector<std::string>{"the runs of mine do not have the same data: dataset's "
                                          "files_sha256 (1111, 2222), train labels (aaaa, bbbb)"});
}

TEST_CASE("plugins that have a component of the same name all count as code", "[results]") {
  const ScratchFolder folder;
  const auto with_plugin = [](int64_t seed, const std::string& sha256) {
    RunFiles run;
    run.provenance = R"({"sessions":[],"plugins":[{"component":"cifar","sha256":")" + sha256 +
                     R"("},{"component":"cifar","sha256":"cccc"}]})";
    return run.with(seed, 30);
  };
  std::vector<std::string> notes;
  auto runs = read_runs(
      {with_plugin(0, "aaaa").write(folder / "a"), with_plugin(1, "bbbb").write(folder / "b")},
      notes);
  CHECK(group_by_experiment(runs, notes).groups.size() == 2);
  CHECK_THAT(notes.at(0), ContainsSubstring("plugin cifar (aaaa+cccc, bbbb+cccc)"));
}

TEST_CASE("runs that began with other weights are not merged", "[results]") {
  const ScratchFolder folder;
  std::vector<std::string> notes;
  const auto from = [](const std::string& sha256, int seed) {
    RunFiles files = RunFiles().with(seed, 30);
    files.provenance.insert(1, "\"initial_weights\":{\"sha256\":\"" + sha256 + "\"},");
    return files;
  };
  auto runs = read_runs(
      {from("839f0000aa", 0).write(folder / "a"), from("839f0000aa", 1).write(folder / "b"),
       from("f63b0000bb", 2).write(folder / "c")},
      notes);
  CHECK(group_by_experiment(runs, notes).groups.size() == 2);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], ContainsSubstring("other code or weights made them: initial weights "
                                         "(839f0000, f63b0000)"));
}

TEST_CASE("the same seed twice counts once, and is noted", "[results]") {
  const ScratchFolder folder;
  std::vector<std::string> notes;
  auto runs = read_runs(
      {RunFiles().write(folder / "a"), RunFiles().with(0, 40).write(folder / "b")}, notes);
  const auto groups = group_by_experiment(runs, notes);
  CHECK(runs.size() == 1);
  CHECK(groups.groups.at(0).metrics.at("single.accuracy").mean == 30);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], ContainsSubstring("repeats the experiment and seed of"));
}

TEST_CASE("if a seed occurs twice, the finished run counts", "[results]") {
  const ScratchFolder folder;
  std::vector<std::string> notes;
  RunFiles interrupted;
  interrupted.results = "";
  auto runs = read_runs({interrupted.write(folder / "a"), RunFiles().write(folder / "b")}, notes);
  const auto groups = group_by_experiment(runs, notes);
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].path == folder / "b");
  CHECK(groups.groups.at(0).metrics.at("single.accuracy").n == 1);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].starts_with((folder / "a").string() + " repeats the experiment and seed of"));
}

TEST_CASE("runs of one experiment on other test images are a separate group", "[results]") {
  const ScratchFolder folder;
  std::vector<std::string> notes;
  RunFiles other = RunFiles().with(1, 90);
  other.provenance = R"({"splits":{"test":{"labels_sha256":"bbbb"}},"sessions":[]})";
  auto runs = read_runs({RunFiles().write(folder / "a"), other.write(folder / "b")}, notes);
  const auto groups = group_by_experiment(runs, notes);
  CHECK(groups.groups.size() == 2);
  CHECK(groups.differences == std::vector<std::string>{"test split"});
}

TEST_CASE("runs scored on different images cannot be in one table", "[results]") {
  const ScratchFolder folder;
  std::vector<std::string> notes;
  RunFiles other;
  other.provenance = R"({"splits":{"test":{"labels_sha256":"bbbb"}},"sessions":[]})";
  const auto runs = read_runs({RunFiles().write(folder / "a"), other.write(folder / "b")}, notes);
  try {
    host::results::require_one_test_split(runs);
    FAIL("no complaint");
  } catch (const host::ExperimentError& error) {
    CHECK_THAT(error.what(),
               ContainsSubstring((folder / "a").string() + " and " + (folder / "b").string() +
                                 " are scored on different test images"));
  }
}

TEST_CASE("runs of one experiment by other code are a separate group, and that is said",
          "[results]") {
  const ScratchFolder folder;
  const auto built = [](RunFiles files, const std::string& component, const std::string& sha256) {
    files.provenance = R"({"host_build_id":"aa","libtorch":"1.13.1","sessions":[],"plugins":)"
                       R"([{"component":")" +
                       component + R"(","sha256":")" + sha256 +
                       R"("},{"component":"cifar","sha256":"cccccccccccc"}]})";
    return files;
  };
  const auto with_plugin = [&](int seed, const std::string& sha256) {
    return built(RunFiles().with(seed, 30 + seed), "sla", sha256);
  };
  std::vector<std::string> notes;
  auto runs = read_runs({with_plugin(0, "1111111122").write(folder / "a"),
                         with_plugin(1, "1111111122").write(folder / "b"),
                         with_plugin(0, "2222222233").write(folder / "c")},
                        notes);
  const auto groups = group_by_experiment(runs, notes);
  REQUIRE(groups.groups.size() == 2);
  CHECK(groups.groups[0].runs == std::vector<size_t>{0, 1});
  CHECK(groups.differences == std::vector<std::string>{"plugin sla"});
  CHECK(groups.groups[1].name == "mine (plugin sla = 22222222)");
  CHECK(notes ==
        std::vector<std::string>{"runs of mine are not merged, because other code or weights made "
                                 "them: plugin sla (11111111, 22222222)"});

  // The plugins of different objectives are no other builds.
  auto different = read_runs({with_plugin(0, "1111111122").write(folder / "d"),
                              built(baseline(), "baseline", "3333333344").write(folder / "e")},
                             notes);
  CHECK(group_by_experiment(different, notes).differences ==
        std::vector<std::string>{"objective.plugin"});
}

TEST_CASE("metrics of a dataset that stands in for another come with a warning", "[results]") {
  const ScratchFolder folder;
  RunFiles files;
  files.experiment = "seed = 0\nstands_in_for = \"cifar\"\n" + files.experiment.substr(9);
  std::vector<std::string> notes;
  auto runs = read_runs({files.write(folder / "a")}, notes);
  group_by_experiment(runs, notes);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], ContainsSubstring("mine: THESE METRICS MEAN NOTHING FOR 'cifar'"));
}
