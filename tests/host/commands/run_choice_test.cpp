#include <filesystem>

#include "tests/catch.h"
#include "tests/support/faulty.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

using tests::Finished;
using tests::ScratchFolder;

namespace {

namespace fs = std::filesystem;

/// Runs sla_host in a folder of its own with the experiment x.toml, of ten iterations.
class Place {
 public:
  Place() {
    folder_.write("x.toml",
                  tests::faulty_experiment("throw", 1000) +
                      "dataset = { plugin = 'synthetic', train = 64, validation = 8, test = 8 }\n"
                      "training = { batch_size = 4, total_iterations = 10, "
                      "validate_every_iterations = 5 }\n");
  }

  Finished host(const std::string& arguments) const {
    return tests::run_program("cd '" + folder_.path().string() + "' && " SLA_HOST_PROGRAM " " +
                              arguments);
  }

  fs::path operator/(const std::string& name) const { return folder_ / name; }
  std::string content_of(const std::string& name) const {
    return tests::content_of(folder_ / name);
  }

 private:
  ScratchFolder folder_;
};

}  // namespace

TEST_CASE("--resume finds the experiment's latest run, whatever lies beside it", "[commands]") {
  const Place place;
  REQUIRE(place.host("x.toml").status == 0);
  REQUIRE(place.host("x.toml --stop-after 6").status == 0);
  REQUIRE(place.host("x.toml --stop-after 6 --set optimizer.learning_rate=0.01").status == 0);
  fs::remove_all(place / "runs/x");
  const auto resumed = place.host("x.toml --resume");
  CHECK(resumed.status == 0);
  CHECK_THAT(resumed.output, ContainsSubstring("run directory runs/x-2\n"));
  const auto refused =
      place.host("x.toml --resume --out runs/x-2 --set optimizer.learning_rate=0.02");
  CHECK(refused.status == 2);
  CHECK_THAT(refused.output, ContainsSubstring("runs/x-2 belongs to another experiment: "
                                               "optimizer.learning_rate is 0.1 there, 0.02 now"));
  const auto other = place.host("x.toml --resume --set optimizer.learning_rate=0.02");
  CHECK(other.status == 2);
  CHECK_THAT(other.output,
             ContainsSubstring("none of these is of this experiment") &&
                 ContainsSubstring("runs/x-2: optimizer.learning_rate is 0.1 there, 0.02 now") &&
                 ContainsSubstring("runs/x-3: optimizer.learning_rate is 0.01 there, 0.02 now"));
}

TEST_CASE("a run directory can be resumed by its name", "[commands]") {
  const Place place;
  REQUIRE(place.host("x.toml --stop-after 6").status == 0);
  const auto without = place.host("runs/x");
  CHECK(without.status == 2);
  CHECK_THAT(without.output, ContainsSubstring("runs/x is a run directory; continue it with "
                                               "--resume, or start its experiment anew: sla_host "
                                               "runs/x/experiment.toml"));
  CHECK(place.host("runs/x --resume").status == 0);
  CHECK_THAT(place.content_of("runs/x/results.json"), ContainsSubstring("\"experiment\": \"x\""));
}

TEST_CASE("a run does not replace an experiment.toml that a user has written", "[commands]") {
  const Place place;
  fs::create_directory(place / "mine");
  fs::copy(place / "x.toml", place / "mine/experiment.toml");
  const std::string before = place.content_of("mine/experiment.toml");
  const auto run = place.host("mine/experiment.toml --out mine --stop-after 1");
  CHECK(run.status == 2);
  CHECK_THAT(run.output,
             ContainsSubstring("mine holds an experiment.toml that no run has written"));
  CHECK(place.content_of("mine/experiment.toml") == before);
  CHECK(place.host("mine/experiment.toml --stop-after 1").status == 0);
}

TEST_CASE("a run's directory is not overwritten, with or without checkpoints", "[commands]") {
  const Place place;
  REQUIRE(place.host("x.toml").status == 0);
  for (const char* name : {"last.ckpt", "last-1.ckpt", "best.ckpt"}) {
    fs::remove(place / "runs/x" / name);
  }
  const std::string before = place.content_of("runs/x/experiment.toml");
  const auto again = place.host("x.toml --out runs/x --set optimizer.learning_rate=0.01");
  CHECK(again.status == 2);
  CHECK_THAT(again.output, ContainsSubstring("runs/x already holds a run; choose another"));
  fs::remove(place / "runs/x/results.json");
  const auto other = place.host("x.toml --out runs/x --set optimizer.learning_rate=0.01");
  CHECK(other.status == 2);
  CHECK_THAT(other.output, ContainsSubstring("holds the metrics of another experiment: "
                                             "optimizer.learning_rate is 0.1 there, 0.01 now"));
  CHECK(place.content_of("runs/x/experiment.toml") == before);
  // A run that was killed before its first checkpoint starts again.
  CHECK(place.host("x.toml --out runs/x").status == 0);
}

TEST_CASE("a run that starts again does not adopt the attempt before it", "[commands]") {
  const Place place;
  REQUIRE(place.host("x.toml").status == 0);
  for (const char* lost : {"runs/x/last.ckpt", "runs/x/last-1.ckpt", "runs/x/results.json"}) {
    fs::remove(place / lost);
  }
  const auto again = place.host("x.toml --out runs/x --stop-after 1");
  CHECK(again.status == 0);
  CHECK_THAT(again.output, ContainsSubstring("is now runs/x/best.ckpt.earlier"));
  CHECK(fs::exists(place / "runs/x/best.ckpt.earlier"));
  CHECK(!fs::exists(place / "runs/x/best.ckpt"));
  CHECK(!fs::exists(place / "runs/x/weights.safetensors"));
  CHECK(place.host("x.toml --out runs/x --resume").status == 0);
}

TEST_CASE("keys without effect on training may change when a run resumes", "[commands]") {
  const Place place;
  REQUIRE(place.host("x.toml --stop-after 6").status == 0);
  CHECK(place.host("x.toml --resume --stop-after 7 --set evaluation.batch_size=3").status == 0);
  CHECK(place.host("x.toml --resume --stop-after 8 --set training.log_every_iterations=1").status ==
        0);
  // A default that is written out is the same experiment.
  CHECK(place.host("x.toml --resume --set optimizer.momentum=0.9").status == 0);
}

TEST_CASE("a finished run can be extended", "[commands]") {
  const Place place;
  REQUIRE(place.host("x.toml").status == 0);
  SECTION("to the bits of a longer run, if its schedule does not depend on the length") {
    CHECK(place.host("x.toml --extend 20").status == 0);
    REQUIRE(place.host("x.toml --set training.total_iterations=20 --out straight").status == 0);
    const auto metrics = [&](const std::string& run) {
      const std::string results = place.content_of(run + "/results.json");
      const auto begin = results.find("\"metrics\"");
      return results.substr(begin, results.find('}', begin) - begin);
    };
    CHECK(metrics("runs/x") == metrics("straight"));
    CHECK(fs::exists(place / "runs/x/results-10.json"));
    CHECK_THAT(place.content_of("runs/x/experiment.toml"),
               ContainsSubstring("total_iterations = 20"));
    // From now on that is the run's length.
    CHECK(place.host("x.toml --resume").status == 0);
    CHECK(place.host("x.toml --resume --set training.total_iterations=30").status == 0);
    const auto set_shorter = place.host("x.toml --resume --set training.total_iterations=15");
    CHECK(set_shorter.status == 2);
    CHECK_THAT(set_shorter.output,
               ContainsSubstring("--set gives the run a length of 15, but runs/x has one of 30"));
    const auto shorter = place.host("runs/x --extend 15");
    CHECK(shorter.status == 2);
    CHECK_THAT(shorter.output, ContainsSubstring("has done 30 iterations already"));
  }
  SECTION("with a note, if its end was validated between validations") {
    const std::string uneven = " --set training.validate_every_iterations=4 --out uneven";
    REQUIRE(place.host("x.toml" + uneven).status == 0);
    const auto resumed = place.host("x.toml --resume --set training.total_iterations=20" + uneven);
    CHECK(resumed.status == 2);
    CHECK_THAT(resumed.output,
               ContainsSubstring("it was validated at its end, after iteration 10"));
    // Nor does it help to have been interrupted in the test pass.
    fs::remove(place / "uneven/results.json");
    CHECK(place.host("x.toml --extend 20" + uneven).status == 0);
    CHECK_THAT(place.content_of("uneven/results.json"),
               ContainsSubstring("the run was extended at a length of 10"));
  }
  SECTION("with a warning and a note, if it does") {
    const std::string cosine = " --set schedule.name=cosine --out cosine";
    REQUIRE(place.host("x.toml" + cosine).status == 0);
    const auto resumed = place.host("x.toml --resume --set training.total_iterations=20" + cosine);
    CHECK(resumed.status == 2);
    CHECK_THAT(resumed.output, ContainsSubstring("cannot become one of another length, because its "
                                                 "learning rates or phases depend on its length"));
    const auto extended = place.host("x.toml --extend 20" + cosine);
    CHECK(extended.status == 0);
    CHECK_THAT(extended.output,
               ContainsSubstring("An uninterrupted run of that length would give other results"));
    CHECK_THAT(place.content_of("cosine/results.json"),
               ContainsSubstring("the run was extended at a length of 10"));
    CHECK_THAT(place.content_of("cosine/experiment.toml"), ContainsSubstring("extended_at = 10"));
  }
}
