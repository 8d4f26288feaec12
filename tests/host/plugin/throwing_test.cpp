#include <string>
#include <utility>
#include <vector>

#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

namespace {

/// An experiment with the five components of the fixture "everywhere".
std::string experiment() {
  std::string text =
      "training = { batch_size = 1, total_iterations = 2, validate_every_iterations = 1 }\n";
  for (const std::string kind :
       {"dataset", "transformation", "model", "objective", "augmentation"}) {
    text +=
        "\n[" + kind + "]\nplugin = '" SLA_FIXTURES "/everywhere.so'\ncomponent = '" + kind + "'\n";
  }
  return text;
}

}  // namespace

TEST_CASE("an exception of any plugin function ends the run, naming the function", "[plugin]") {
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

  // Line of each table, throwing function, and the function named in the message.
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
      {"model:11", "feature_size", ""},
      {"model:11", "make_head", ""},
      // Called by the objective, so the host names the objective's function.
      {"model:11", "forward", "loss"},
      {"objective:15", "needs", ""},
      {"objective:15", "phases", ""},
      {"objective:15", "accepts_mixed_labels", ""},
      {"objective:15", "loss", ""},
      {"objective:15", "predictions", ""},
      {"objective:15", "predict", ""},
      {"objective:15", "targets", ""},
      {"augmentation:19", "mixes_labels", ""},
      {"augmentation:19", "apply", ""}};
  for (const auto& [place, function, caller] : cases) {
    const std::string kind = place.substr(0, place.find(':'));
    std::filesystem::remove_all(folder / "run");
    const auto finished = run({kind + ".in=" + function});
    INFO(function << "\n" << finished.output);
    CHECK(finished.status == 2);
    const bool by_objective = function == "forward";
    const std::string line = by_objective ? "15" : place.substr(place.find(':') + 1);
    CHECK_THAT(
        finished.output,
        ContainsSubstring("mine.toml:" + line + ":2: plugin 'everywhere', component '" +
                          (by_objective ? "objective" : kind) + "', threw in " +
                          (caller.empty() ? function : caller) + ": no luck in " + function));
  }
}

TEST_CASE("a result that violates the contract is rejected, showing both", "[plugin]") {
  const tests::ScratchFolder folder;
  const std::string file = folder.write("mine.toml", experiment());
  const auto refused = [&](const std::string& component, const std::string& line,
                           const std::string& fault, const std::string& reason) {
    std::filesystem::remove_all(folder / "run");
    const auto finished =
        tests::run_host({file, "--out", folder / "run", "--set", component + ".in=" + fault});
    INFO(fault << "\n" << finished.output);
    CHECK(finished.status == 2);
    CHECK_THAT(finished.output,
               ContainsSubstring("mine.toml:" + line + ":2: plugin 'everywhere', component '" +
                                 component + "'" + reason));
  };
  const auto dataset = [&](const std::string& fault, const std::string& reason) {
    refused("dataset", "3", fault, reason);
  };
  dataset("strides", ": batch() returned images [1, 1, 4, 4] Byte, not contiguous; expected");
  dataset("integers", ": batch() returned images [1, 1, 4, 4] Long; expected [1, 1, 4, 4], as");
  dataset("half precision", ": batch() returned images [1, 1, 4, 4] Half; expected [1, 1, 4, 4]");
  dataset("labels of floats", ": batch() returned labels [1] Float; expected [1] Long");
  dataset("other shape", ": batch() returned images [1, 1, 2, 4] Byte; expected [1, 1, 4, 4]");
  dataset("short annotation", ": batch() returned annotation 'place' as [2] Float; expected a");
  dataset("labels of int32", ": labels() returned training labels [4] Int; expected [size] Long");
  dataset("column of labels",
          ": labels() returned training labels [4] Long, not contiguous; expected [size] Long");
  dataset("class 2", ": labels() returned training labels with class 2; expected 0 to 1");
  dataset("position 4",
          ": draw() returned position 4; expected 0 to 3, the positions of the split");
  dataset("empty draw", ": draw() returned no image; expected at least one");
  dataset("negative episodes", ": draw() returned -1 episodes of -1 classes with 1 shots and 0");
  dataset("shifted labels", ": batch() returned other labels than labels() for the same images");
  dataset("mixed images", ": batch() returned mixed labels; expected none");
  dataset("fact in Latin-1", ": provenance() returned 'folder' with text that is not UTF-8");
  const auto augmentation = [&](const std::string& fault, const std::string& reason) {
    refused("augmentation", "19", fault, reason);
  };
  augmentation("floats", ": apply() returned images as Float; expected Byte, as they came");
  augmentation("smaller", ": apply() returned images [1, 1, 2, 4] Byte; expected [1, 1, 4, 4]");
  augmentation("no images", ": apply() returned images an undefined tensor; expected");
  augmentation("other labels", ": apply() returned other labels; expected the labels as they came");
  augmentation("edited labels", ": apply() edited the labels in place");
  augmentation("pointed labels", ": apply() edited the labels in place");
  augmentation("long annotation", ": apply() returned annotation 'turn' as [100] Long; expected");
  augmentation("mixed labels", ": apply() returned mixed labels; expected none");
  augmentation("no mixed labels", ": apply() returned no mixed labels; expected some");
  augmentation("share of 2", ": apply() returned the share 2.0");
  const auto transformation = [&](const std::string& fault, const std::string& reason) {
    refused("transformation", "7", fault, reason);
  };
  transformation("no transformation", ": count() returned 0; expected at least 1, the identity");
  transformation("loose views", ": apply() returned images [2, 1, 4, 4] Byte, not contiguous;");
  transformation("one view", ": apply() returned images [1, 1, 4, 4] Byte; expected 2 times as");
  transformation("floats", ": view(1) returned [1, 1, 4, 4] Float; expected [1, 1, 4, 4] Byte");
  transformation("no view", ": view(1) returned an undefined tensor; expected [1, 1, 4, 4] Byte");
  transformation("edited images", ": apply() edited the images in place");
  transformation("pointed images", ": apply() edited the images in place");
  const auto model = [&](const std::string& fault, const std::string& reason) {
    refused("model", "11", fault, reason);
  };
  model("wrong size", ": features() returned [1, 3] Float; expected [1, 16] floating point, as");
  model("no features", ": features() returned an undefined tensor; expected [1, 16]");
  model("edited images", ": features() edited the images in place");
  model("no head", ": make_head() returned null; expected a head");
  model("unregistered",
        ": what features() returns depends on a parameter of shape [1] that is not");
  model("detached", ": features() returned features without a gradient");
  const auto objective = [&](const std::string& fault, const std::string& reason) {
    refused("objective", "15", fault, reason);
  };
  objective("loss of each", ": loss() returned the loss as [1] Float; expected one number");
  objective("detached loss",
            ": loss() returned a loss without a gradient; expected a loss attached");
  objective("no loss", ": loss() returned the loss as an undefined tensor; expected one number");
  objective("no copies", ": needs() returned copies = 0; expected at least 1");
  objective("late phase", ": phases() returned a first phase that begins later; expected");
  objective("twin phases", ": phases() returned the name 'one' twice; expected names");
  objective("no predictions", ": predictions() returned none; expected at least one prediction");
  objective("dotted", ": predictions() returned the name 'a.b'; expected names");
  objective("all logits", ": predict() returned logits [2, 2] Float; expected [1, 2] floating");
  objective("no logits", ": predict() returned logits an undefined tensor; expected [1, 2]");
  objective("one column", ": predict() returned logits [1, 1] Float; expected [1, 2]");
  objective("edited features", ": predict() edited the features in place");
  objective("edited labels", ": targets() edited the labels in place");
  objective("target 2", ": targets() returned labels from 2 to 2; expected 0 to 1");
  objective("maps", " needs feature maps, and model 'model' offers none");
  objective("annotation", ": the batch has no annotation 'turn' (it has none)");
}

TEST_CASE("incompatible components are rejected", "[plugin]") {
  const tests::ScratchFolder folder;
  const std::string file = folder.write("mine.toml", experiment());
  const std::string without = experiment().substr(0, experiment().find("\n[augmentation]"));
  const auto check = [&](const std::vector<std::string>& settings) {
    std::vector<std::string> arguments{"check", file};
    for (const auto& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
    return tests::run_host(arguments);
  };
  CHECK(check({"augmentation.in=mixes"}).status == 0);
  const auto pure = check({"augmentation.in=mixes", "objective.in=pure labels"});
  CHECK(pure.status == 2);
  CHECK_THAT(pure.output,
             ContainsSubstring("component 'augmentation' mixes labels, which objective "
                               "'objective' cannot take"));
  const auto mixing_then = [&](const std::string& second) {
    const std::string table =
        "{ plugin = '" SLA_FIXTURES "/everywhere.so', component = 'augmentation', in = '";
    return tests::run_host(
        {"check", folder.write(second + ".toml", "augmentation = [" + table + "mixes' }, " + table +
                                                     second + "' }]\n" + without)});
  };
  const auto twice = mixing_then("mixes");
  CHECK(twice.status == 2);
  CHECK_THAT(twice.output, ContainsSubstring("mixes labels, and so does 'augmentation' before it"));
  const auto unmixed = mixing_then("unmixes");
  CHECK(unmixed.status == 2);
  CHECK_THAT(unmixed.output, ContainsSubstring("apply() returned no mixed labels; expected those"));
  // What would fail at the first validation only.
  const auto predicting = check({"objective.in=predict"});
  CHECK(predicting.status == 2);
  CHECK_THAT(predicting.output, ContainsSubstring("threw in predict: no luck in predict"));
}
