#include "host/base/errors.h"
#include "host/experiment/experiment.h"
#include "tests/catch.h"
#include "tests/support/scratch_folder.h"

using host::ExperimentError;
using host::experiment::read_experiment;
using tests::ScratchFolder;

namespace {

const std::string kPublishedExperiment = R"(dataset = { plugin = "synthetic" }
model = { plugin = "cresnet" }
objective = { plugin = "sla" }
training = { total_iterations = 10, validate_every_iterations = 5 }
[profile.a]
seed = 1
[profile.b]
seed = 2
[[published]]
metric = "single.accuracy"
value = 1
source = "of no profile"
[[published]]
profiles = ["a", "b"]
metric = "single.accuracy"
value = 2
source = "of both"
[[published]]
profiles = "b"
metric = "single.accuracy"
value = 3
source = "of one"
)";

std::vector<double> published(const std::filesystem::path& file, const std::string& profiles) {
  std::vector<double> values;
  for (const auto& entry : read_experiment(file, {profiles, {}}).published) {
    values.push_back(entry.value);
  }
  return values;
}

}  // namespace

TEST_CASE("published values belong to exactly the chosen profiles", "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write("e.toml", kPublishedExperiment);
  CHECK(published(file, "") == std::vector<double>{1});
  CHECK(published(file, "a").empty());
  CHECK(published(file, "b") == std::vector<double>{3});
  CHECK(published(file, "a,b") == std::vector<double>{2});
  CHECK(published(file, "b,a") == std::vector<double>{2});
}

TEST_CASE("published values belong to the published experiment only", "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write("e.toml", kPublishedExperiment);
  const auto with = [&](const std::string& setting) {
    return read_experiment(file, {"", {setting}}).published.size();
  };
  CHECK(with("training.total_iterations=11") == 0);
  CHECK(with("dataset.plugin=cifar") == 0);
  // What does not affect the result may differ.
  CHECK(with("seed=7") == 1);
  CHECK(with("runtime.threads=1") == 1);
  CHECK(with("training.total_iterations=10") == 1);
  // A file that extends it is another experiment if it changes it.
  CHECK(published(folder.write("same.toml", "extends = 'e.toml'\nseed = 3\n"), "") ==
        std::vector<double>{1});
  const auto child = folder.write("child.toml", "extends = 'e.toml'\noptimizer.momentum = 0\n");
  CHECK(published(child, "").empty());
  CHECK(published(child, "a,b").empty());
}

TEST_CASE("a resolved experiment keeps its published values", "[experiment]") {
  const ScratchFolder folder;
  const auto document =
      read_experiment(folder.write("e.toml", kPublishedExperiment), {"a,b", {}}).document;
  const auto resolved = folder.write("resolved.toml", to_toml(document));
  CHECK(published(resolved, "") == std::vector<double>{2});
  CHECK(to_toml(read_experiment(resolved, {}).document) == to_toml(document));
}

TEST_CASE("a published value for an unknown profile is an error", "[experiment]") {
  const ScratchFolder folder;
  const auto file =
      folder.write("e.toml", kPublishedExperiment +
                                 "[[published]]\nprofiles = ['a', 'bb']\nmetric = 'x.accuracy'\n"
                                 "value = 1\nsource = 'y'\n");
  CHECK_THROWS_WITH(
      read_experiment(file, {}),
      ContainsSubstring("e.toml:24:1: [[published]] refers to an unknown profile 'bb'; "
                        "did you mean 'b'? Known: a, b"));
}
