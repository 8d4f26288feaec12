#include "host/base/errors.h"
#include "host/experiment/experiment.h"
#include "tests/catch.h"
#include "tests/support/complaints.h"
#include "tests/support/scratch_folder.h"

using host::ExperimentError;
using host::experiment::read_experiment;
using tests::complaint_about;
using tests::kCompleteExperiment;
using tests::ScratchFolder;

TEST_CASE("a file, a profile and the command line unset keys of what they override",
          "[experiment]") {
  const ScratchFolder folder;
  folder.write("base.toml", kCompleteExperiment + R"(
[transformation]
plugin = "rotation"
[profile.plain]
unset = ["transformation"]
)");
  const auto file = folder.write("e.toml", R"(extends = "base.toml"
[training]
unset = ["total_iterations", "batch_size"]
total_epochs = 3
[profile.long.training]
unset = "total_epochs"
total_iterations = 100
)");
  const auto epochs = read_experiment(file, {});
  CHECK(epochs.training.total_iterations == 0);
  CHECK(epochs.training.total_epochs == 3);
  CHECK(epochs.training.batch_size == 128);
  CHECK(epochs.transformations.size() == 1);
  const auto iterations = read_experiment(file, {"long,plain", {}});
  CHECK(iterations.training.total_iterations == 100);
  CHECK(iterations.training.total_epochs == 0);
  CHECK(iterations.transformations.empty());
  CHECK(to_toml(iterations.document).find("unset") == std::string::npos);
  // On the command line: after the profiles and before the settings.
  const auto set = read_experiment(file, {"long",
                                          {"training.total_epochs=7", "transformation.plugin=flip"},
                                          {"training.total_iterations", "transformation"}});
  CHECK(set.training.total_epochs == 7);
  CHECK(set.transformations.at(0).plugin == "flip");
}

TEST_CASE("a later table can set an unset key again", "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write("e.toml", kCompleteExperiment + R"(
[profile.a.training]
unset = ["batch_size"]
batch_size = 8
)");
  CHECK(read_experiment(file, {"a", {}}).training.batch_size == 8);
}

TEST_CASE("unsetting a missing key is an error with its location", "[experiment]") {
  const ScratchFolder folder;
  const auto complaint = [&](const std::string& text) {
    return complaint_about(folder.write("e.toml", kCompleteExperiment + text), {"p", {}});
  };
  CHECK(complaint("[profile.p.training]\nunset = ['batch_size', 'total_iteration']\n") ==
        "e.toml:6:24: cannot unset 'total_iteration': it is not set in what this overrides; did "
        "you mean 'total_iterations'? Known: total_iterations, validate_every_iterations");
  CHECK(complaint("[profile.p.optimizer]\nunset = ['name']\n") ==
        "e.toml:6:10: cannot unset 'name': it is not set in what this overrides; there is none");
  CHECK(complaint("[profile.p.training]\nunset = [3]\n") ==
        "e.toml:6:10: 'unset' must be a list of keys of its table, such as [\"total_epochs\"], not "
        "integer");
  // A table with another plugin starts afresh.
  CHECK_THAT(complaint("[profile.p.model]\nplugin = 'conv4'\nunset = ['depth']\n"),
             ContainsSubstring("e.toml:7:10: cannot unset 'depth'"));
  // A table that overrides nothing has nothing to unset.
  CHECK_THAT(
      complaint_about(folder.write("e.toml", "unset = ['seed']\n" + kCompleteExperiment), {}),
      ContainsSubstring("e.toml:1:10: cannot unset 'seed'"));

  const auto file = folder.write("e.toml", kCompleteExperiment);
  CHECK_THAT(complaint_about(file, {"", {}, {"training.total_epoch"}}),
             ContainsSubstring("--unset training.total_epoch:1:10: cannot unset 'total_epoch': "));
  CHECK_THAT(complaint_about(file, {"", {}, {"seed"}}),
             ContainsSubstring("--unset seed:1:1: cannot unset 'seed': "));
  CHECK_THAT(complaint_about(file, {"", {}, {"dataset.source.classes"}}),
             ContainsSubstring("--unset dataset.source.classes:1:16: cannot unset 'classes': "));
}
