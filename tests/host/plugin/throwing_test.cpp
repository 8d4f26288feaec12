#include <string>
#include <utility>
#include <vector>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

namespace {

/// An experiment of the four components of the fixture "everywhere".
std::string experiment() {
  std::string text =
      "training = { batch_size = 1, total_iterations = 2, validate_every_iterations = 1 }\n";
  for (const std::string kind : {"dataset", "transformation", "model", "objective"}) {
    text +=
        "\n[" + kind + "]\nplugin = '" SLA_FIXTURES "/everywhere.so'\ncomponent = '" + kind + "'\n";
  }
  return text;
}

}  // namespace

TEST_CASE("what any function of a plugin throws ends the run with its name", "[plugin]") {
  const tests::ScratchFolder folder;
  const std::string file = folder.write("mine.toml", experiment());
  const auto run = [&](const std::vector<std::string>& settings) {
    std::vector<std::string> arguments{file, "--out", folder / "run"};
    for (const auto& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
    return tests::run_host(arguments);
  };
  const auto without = run({});
  INFO(without.output);
  REQUIRE(without.status == 0);

  // Line of each table, function that throws, and the host's name for what it was calling.
  const std::vector<std::tuple<std::string, std::string, std::string>> cases{
      {"dataset:3", "image_shape", ""},
      {"dataset:3", "class_names", ""},
      {"dataset:3", "labels", ""},
      {"dataset:3", "batch", ""},
      {"dataset:3", "sampler", ""},
      {"dataset:3", "draw", ""},
      {"dataset:3", "batches_per_pass", ""},
      {"dataset:3", "class_groups", ""},
      {"dataset:3", "provenance", ""},
      {"dataset:3", "documents", ""},
      {"transformation:7", "count", ""},
      {"transformation:7", "view", "apply"},
      {"transformation:7", "apply", ""},
      {"model:11", "features", ""},
      // The objective calls these, so it is the one that the host knows of.
      {"model:11", "feature_size", "its constructor"},
      {"model:11", "make_head", "its constructor"},
      {"model:11", "forward", "loss"},
      {"objective:15", "training_views", ""},
      {"objective:15", "loss", ""},
      {"objective:15", "predictions", ""},
      {"objective:15", "predict", ""},
      {"objective:15", "targets", ""}};
  for (const auto& [place, function, caller] : cases) {
    const std::string kind = place.substr(0, place.find(':'));
    std::filesystem::remove_all(folder / "run");
    const auto finished = run({kind + ".in=" + function});
    INFO(function << "\n" << finished.output);
    CHECK(finished.status == 2);
    const bool by_objective = kind == "model" && function != "features";
    const std::string line = by_objective ? "15" : place.substr(place.find(':') + 1);
    CHECK_THAT(
        finished.output,
        ContainsSubstring("mine.toml:" + line + ":2: plugin 'everywhere', component '" +
                          (by_objective ? "objective" : kind) + "', threw in " +
                          (caller.empty() ? function : caller) + ": no luck in " + function));
  }
}

TEST_CASE("what a plugin returns against its contract is refused with both", "[plugin]") {
  const tests::ScratchFolder folder;
  const std::string file = folder.write("mine.toml", experiment());
  const auto refused = [&](const std::string& component, const std::string& line,
                           const std::string& fault, const std::string& reason) {
    std::filesystem::remove_all(folder / "run");
    const auto finished =
        tests::run_host({file, "--out", folder / "run", "--set", component + ".in=" + fault});
    INFO(finished.output);
    CHECK(finished.status == 2);
    CHECK_THAT(finished.output, ContainsSubstring("mine.toml:" + line +
                                                  ":2: plugin 'everywhere', "
                                                  "component '" +
                                                  component + "', returned " + reason));
  };
  refused("dataset", "3", "strides",
          "a batch with images [1, 1, 4, 4] Byte, not contiguous; expected [1, 1, 4, 4], as "
          "image_shape()");
  refused("dataset", "3", "integers",
          "a batch with images [1, 1, 4, 4] Long; expected [1, 1, 4, 4], as image_shape() says, "
          "Byte or");
  refused("dataset", "3", "labels of floats", "a batch with labels [1] Float; expected [1] Long");
  refused("dataset", "3", "other shape",
          "a batch with images [1, 1, 2, 4] Byte; expected [1, 1, 4, 4]");
  refused("dataset", "3", "position 4",
          "position 4 in a draw; expected 0 to 3, the positions of the split");
  refused("transformation", "7", "loose views",
          "views [2, 1, 4, 4] Byte, not contiguous; expected 2 times as many images");
  refused("transformation", "7", "one view",
          "views [1, 1, 4, 4] Byte; expected 2 times as many images as [1, 1, 4, 4] Byte");
  refused("model", "11", "wrong size",
          "features [1, 3] Float; expected [1, 16] floating point, as feature_size() says");
  refused("objective", "15", "loss of each", "the loss [1] Float; expected one number");
  refused("objective", "15", "detached loss",
          "the loss [] Float, without a gradient; expected one number");
  refused("objective", "15", "all logits",
          "logits [2, 2] Float for targets [1] Long; expected [T, K] for [T] Long");
}
