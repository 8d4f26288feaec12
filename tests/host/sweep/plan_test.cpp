#include "host/sweep/progress.h"

#include "host/base/errors.h"
#include "host/plugin/resolution.h"
#include "tests/catch.h"
#include "tests/support/scratch_folder.h"

using host::sweep::Plan;
using host::sweep::progress_of;
using host::sweep::State;
using tests::ScratchFolder;

namespace {

const std::string kPlannedExperiment = R"([dataset]
plugin = "synthetic"
[model]
plugin = "cresnet"
[objective]
plugin = "baseline"
[training]
batch_size = 4
total_iterations = 2
validate_every_iterations = 1
[profile.short]
training.total_iterations = 1
[profile.wide]
training.batch_size = 8
)";

std::string message_of(const std::filesystem::path& file,
                       const std::vector<std::string>& settings = {}) {
  try {
    const Plan plan(file, "", settings);
  } catch (const host::ExperimentError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a sweep is every combination of experiments, profiles, settings and seeds", "[sweep]") {
  const ScratchFolder folder;
  folder.write("a.toml", kPlannedExperiment);
  folder.write("b.toml", kPlannedExperiment);
  const Plan plan(folder.write("s.toml", R"(experiments = ["a.toml", "b.toml"]
profiles = ["short,wide", ""]
seeds = [3, 4]
[set]
training.batch_size = 2
[grid]
optimizer.learning_rate = [0.1, 0.2]
objective.plugin = ["baseline", "./mine.so"]
)"),
                  folder / "out");
  REQUIRE(plan.cells().size() == 32);
  const auto& first = plan.cells().front();
  CHECK(first.name == "a-short-wide-plugin=baseline-learning_rate=0.1-seed3");
  CHECK(first.directory == folder / "out" / first.name);
  CHECK(first.experiment == folder / "a.toml");
  CHECK(first.overrides.profiles == "short,wide");
  CHECK(first.overrides.settings ==
        std::vector<std::string>{"training.batch_size=2", "objective.plugin=\"baseline\"",
                                 "optimizer.learning_rate=0.1", "seed=3"});
  const auto& last = plan.cells().back();
  CHECK(last.name.starts_with("b-plugin="));
  CHECK(last.overrides.profiles.empty());
  // Paths are relative to the file, whatever the current directory.
  CHECK(last.overrides.settings[1] == "objective.plugin=\"" + (folder / "mine.so").string() + "\"");
  CHECK(last.overrides.settings[3] == "seed=4");
}

TEST_CASE("settings of the command line apply to every run of a sweep", "[sweep]") {
  const ScratchFolder folder;
  folder.write("a.toml", kPlannedExperiment);
  const auto file = folder.write("s.toml", R"(experiments = ["a.toml"]
[set]
training.batch_size = 2
[grid]
optimizer.learning_rate = [0.1]
)");
  const Plan plan(file, "", {"training.batch_size=3", "dataset.train=70"});
  REQUIRE(plan.cells().size() == 1);
  CHECK(plan.cells()[0].overrides.settings ==
        std::vector<std::string>{"training.batch_size=2", "training.batch_size=3",
                                 "dataset.train=70", "optimizer.learning_rate=0.1", "seed=0"});
  CHECK_THAT(message_of(file, {"optimizer.learning_rate=0.2"}),
             ContainsSubstring("--set optimizer.learning_rate=0.2: ") &&
                 ContainsSubstring("tries values of 'optimizer.learning_rate' in [grid]"));
  CHECK_THAT(message_of(file, {"seed=3"}), ContainsSubstring("lists the seeds in its key 'seeds'"));
}

TEST_CASE("a long value is shortened to a valid file name", "[sweep]") {
  const ScratchFolder folder;
  folder.write("a.toml", kPlannedExperiment);
  const std::string value(300, 'x');
  const Plan plan(folder.write("s.toml", "experiments = ['a.toml']\n[grid]\ndataset.root = ['" +
                                             value + "1', '" + value + "2']\n"),
                  "");
  REQUIRE(plan.cells().size() == 2);
  CHECK(plan.cells()[0].name.size() < 100);
  CHECK(plan.cells()[0].name != plan.cells()[1].name);
}

TEST_CASE("a cell's directory determines what is left to do", "[sweep]") {
  const ScratchFolder folder;
  folder.write("a.toml", kPlannedExperiment);
  const auto file = folder.write("s.toml", "experiments = [\"a.toml\"]\nseeds = [1]\n");
  const auto cell = Plan(file, folder / "out").cells().at(0);
  CHECK(progress_of(cell).state == State::fresh);
  std::filesystem::create_directories(cell.directory);
  const std::string name = "out/" + cell.name;
  auto document =
      host::plugin::resolve(host::experiment::read_experiment(cell.experiment, cell.overrides))
          .document;
  folder.write(name + "/experiment.toml", host::experiment::to_toml(document));
  CHECK(progress_of(cell).state == State::fresh);
  folder.write(name + "/last.ckpt", "");
  CHECK(progress_of(cell).state == State::interrupted);
  folder.write(name + "/results.json", "{}");
  CHECK(progress_of(cell).state == State::finished);

  document.at("seed").held = int64_t{2};
  folder.write(name + "/experiment.toml", host::experiment::to_toml(document));
  try {
    progress_of(cell);
    FAIL("no complaint");
  } catch (const host::ExperimentError& error) {
    CHECK_THAT(error.what(), ContainsSubstring("holds a run of a different experiment: seed is 2"));
  }
}

TEST_CASE("an invalid sweep is an error with its location", "[sweep]") {
  const ScratchFolder folder;
  folder.write("a.toml", kPlannedExperiment);
  CHECK_THAT(message_of(folder.write("s.toml", "experiments = ['a.toml']\nseed = [0]\n")),
             ContainsSubstring("s.toml:2:1: the sweep has no key 'seed'"));
  CHECK_THAT(message_of(folder.write("s.toml", "experiments = ['a.toml', 'a.toml']\n")),
             ContainsSubstring("two runs are named a-seed0"));
  CHECK_THAT(message_of(folder.write("s.toml",
                                     "experiments = ['a.toml']\nprofiles = ['short', 'short']\n")),
             ContainsSubstring("two runs are named a-short-seed0"));
  CHECK_THAT(message_of(folder.write("s.toml", "experiments = ['a.toml']\nseeds = []\n")),
             ContainsSubstring("the sweep has no runs"));
  CHECK_THAT(
      message_of(folder.write("s.toml",
                              "experiments = ['a.toml']\n[grid]\noptimizer.learning_rate = 0.1\n")),
      ContainsSubstring(
          "s.toml:3:11: 'optimizer.learning_rate' of [grid] must be a non-empty list of values"));
  CHECK_THAT(
      message_of(folder.write("s.toml",
                              "experiments = ['a.toml']\n[grid]\noptimizer = "
                              "[{ learning_rate = 0.1 }, { learning_rate = 0.2 }]\n")),
      ContainsSubstring("'optimizer' of [grid] lists tables; list the values of single keys"));
  CHECK_THAT(message_of(folder.write("s.toml",
                                     "experiments = ['a.toml']\n[set]\noptimizer.momentum = 0\n"
                                     "[grid]\noptimizer.momentum = [0.5, 0.9]\n")),
             ContainsSubstring("[set] gives 'optimizer.momentum', of which [grid] tries values"));
}

TEST_CASE("a setting that a sweep's own choices would replace is an error", "[sweep]") {
  const ScratchFolder folder;
  folder.write("a.toml", kPlannedExperiment);
  const auto file = folder.write(
      "s.toml", "experiments = ['a.toml']\n[grid]\noptimizer.learning_rate = [0.1, 0.2]\n");
  CHECK_THROWS_WITH(host::sweep::Plan(file, "", {"seed = 5"}),
                    ContainsSubstring("lists the seeds in its key 'seeds'"));
  for (const std::string setting :
       {"optimizer.learning_rate = 0.3", "optimizer={learning_rate=0.3}"}) {
    CHECK_THROWS_WITH(host::sweep::Plan(file, "", {setting}),
                      ContainsSubstring("tries values of 'optimizer.learning_rate' in [grid]"));
  }
  CHECK_NOTHROW(host::sweep::Plan(file, "", {"optimizer={momentum=0.3}"}));
}

TEST_CASE("a sweep's seeds cannot be set beside its list of seeds", "[sweep]") {
  const ScratchFolder folder;
  folder.write("a.toml", kPlannedExperiment);
  for (const std::string table : {"[set]\nseed = 5\n", "[grid]\nseed = [1, 2, 3]\n"}) {
    CHECK_THAT(message_of(folder.write("s.toml", "experiments = [\"a.toml\"]\n" + table)),
               ContainsSubstring("s.toml:3:1: a sweep's seeds are listed in its key 'seeds'"));
  }
}

namespace {

/// A sweep of one cell, whose directory holds a finished run without provenance.
struct FinishedCell {
  FinishedCell() {
    folder.write(run() + "/experiment.toml", host::experiment::to_toml(wanted.document));
    folder.write(run() + "/results.json", "{}");
  }

  std::string provenance() const { return run() + "/provenance.json"; }

  ScratchFolder folder;
  host::sweep::Cell cell = planned();
  host::experiment::Experiment wanted =
      host::plugin::resolve(host::experiment::read_experiment(cell.experiment, cell.overrides));

 private:
  host::sweep::Cell planned() const {
    folder.write("a.toml", kPlannedExperiment);
    return Plan(folder.write("s.toml", "experiments = [\"a.toml\"]\n"), folder / "out")
        .cells()
        .at(0);
  }
  std::string run() const { return "out/" + cell.name; }
};

}  // namespace

TEST_CASE("a run by other code does not count as done", "[sweep]") {
  const FinishedCell finished;
  const auto& [folder, cell, wanted] = finished;
  const auto code = host::plugin::code_of(wanted);
  const auto provenance = [&](const std::string& sla) {
    return R"({"host_build_id":")" + code.at("host") + R"(","plugins":[{"component":"baseline",)" +
           R"("sha256":")" + sla + R"("}]})";
  };
  folder.write(finished.provenance(), provenance(code.at("plugin baseline")));
  CHECK(progress_of(cell).state == State::finished);

  folder.write(finished.provenance(), provenance("0123456789abcdef"));
  const auto progress = progress_of(cell);
  CHECK(progress.state == State::fresh);
  CHECK(progress.directory == cell.directory.string() + "-2");
  CHECK_THAT(progress.note,
             ContainsSubstring(
                 "was run by other code or with other weights (plugin baseline: 01234567 then, " +
                 code.at("plugin baseline").substr(0, 8) + " now)"));
  CHECK(progress_of(cell, /*any_build=*/true).state == State::finished);
}

TEST_CASE("a run that began with other weights does not count as done", "[sweep]") {
  const FinishedCell finished;
  const auto& folder = finished.folder;
  const auto& cell = finished.cell;
  const auto weights = folder.write("pretrained.safetensors", "abc");
  folder.write("teacher/weights.safetensors", "abc");
  // SHA-256 of "abc", from FIPS 180-2.
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  folder.write(finished.provenance(),
               R"({"initial_weights":{"file":")" + weights.string() + R"(","sha256":")" + abc +
                   R"("},"frozen_runs":[{"run":")" + (folder / "teacher").string() +
                   R"(","weights_sha256":")" + abc + R"("}]})");
  CHECK(progress_of(cell).state == State::finished);

  const std::string retrained = GENERATE("pretrained", "teacher/weights");
  folder.write(retrained + ".safetensors", "retrained");
  const auto progress = progress_of(cell);
  CHECK(progress.state == State::fresh);
  CHECK_THAT(progress.note, ContainsSubstring("ba7816bf then, "));
  std::filesystem::remove(folder / (retrained + ".safetensors"));
  CHECK(progress_of(cell).state == State::finished);
}
