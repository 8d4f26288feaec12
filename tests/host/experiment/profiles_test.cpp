#include "host/experiment/profile_texts.h"

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/experiment.h"
#include "tests/catch.h"
#include "tests/support/complaints.h"
#include "tests/support/scratch_folder.h"

using host::ExperimentError;
using host::experiment::read_experiment;
using tests::complaint_about;
using tests::kCompleteExperiment;
using tests::ScratchFolder;

TEST_CASE("profiles are applied in the order given", "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write("e.toml", kCompleteExperiment + R"(
[profile.two.training]
batch_size = 2
[profile.three.training]
batch_size = 3
total_iterations = 30
)");
  CHECK(read_experiment(file, {"two", {}}).training.batch_size == 2);
  CHECK(read_experiment(file, {"two,three", {}}).training.batch_size == 3);
  const auto experiment = read_experiment(file, {"three,two", {"seed=4"}});
  CHECK(experiment.training.batch_size == 2);
  CHECK(experiment.training.total_iterations == 30);
  CHECK(experiment.seed == 4);
  CHECK(!experiment.document.contains("profile"));
}

TEST_CASE("an experiment's name contains its profiles", "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write(
      "e.toml", kCompleteExperiment + "[profile.two]\nseed = 2\n[profile.three]\nseed = 3\n");
  CHECK(read_experiment(file, {}).name == "e");
  CHECK(read_experiment(file, {"three,two", {}}).name == "e-three-two");
}

TEST_CASE("combinations of profiles apply if both are chosen, in any order", "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write("e.toml", kCompleteExperiment + R"(
[profile.smoke.training]
batch_size = 2
[profile.large]
model.depth = 44
[profile.large.profile.smoke.training]
batch_size = 3
[profile.large.profile.smoke.profile.odd.training]
batch_size = 4
[profile.odd]
seed = 1
)");
  CHECK(read_experiment(file, {"large", {}}).training.batch_size == 1);
  CHECK(read_experiment(file, {"smoke", {}}).training.batch_size == 2);
  CHECK(read_experiment(file, {"large,smoke", {}}).training.batch_size == 3);
  CHECK(read_experiment(file, {"smoke,large", {}}).training.batch_size == 3);
  CHECK(read_experiment(file, {"odd,smoke,large", {}}).training.batch_size == 4);
  CHECK(read_experiment(file, {"smoke,odd", {}}).training.batch_size == 2);
  CHECK(read_experiment(file, {"large,smoke", {"training.batch_size=9"}}).training.batch_size == 9);
}

TEST_CASE("profiles of the same name in a file and in what it extends are merged", "[experiment]") {
  const ScratchFolder folder;
  folder.write("base.toml", kCompleteExperiment + R"(
[profile.smoke.training]
batch_size = 2
total_iterations = 20
[profile.other.profile.smoke.training]
log_every_iterations = 7
)");
  const auto file = folder.write("e.toml", R"(extends = "base.toml"
[profile.smoke.training]
batch_size = 3
[profile.other]
seed = 1
)");
  const auto experiment = read_experiment(file, {"smoke,other", {}});
  CHECK(experiment.training.batch_size == 3);
  CHECK(experiment.training.total_iterations == 20);
  CHECK(experiment.training.log_every_iterations == 7);
}

TEST_CASE("an unknown, repeated or empty profile is an error that lists the known ones",
          "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write(
      "e.toml", kCompleteExperiment + "[profile.smoke]\nseed = 1\n[profile.quick]\nseed = 2\n");
  const auto complaint = [&](const std::string& profiles) {
    return complaint_about(file, {profiles, {}});
  };
  CHECK(complaint("quick,smok") ==
        "e.toml: no profile 'smok' in --profile quick,smok; did you mean 'smoke'? Known: smoke, "
        "quick");
  CHECK(complaint("quick,smoke,quick") ==
        "e.toml: profile 'quick' appears twice in --profile quick,smoke,quick; list each once. "
        "Known: smoke, quick");
  CHECK(complaint("quick,") ==
        "e.toml: empty profile name in --profile quick,; remove the extra comma. Known: smoke, "
        "quick");
  CHECK(complaint(",quick") ==
        "e.toml: empty profile name in --profile ,quick; remove the extra comma. Known: smoke, "
        "quick");
  CHECK(complaint_about(folder.write("none.toml", kCompleteExperiment), {"smoke", {}}) ==
        "none.toml: no profile 'smoke' in --profile smoke; there is none");
}

TEST_CASE("profiles that are not tables or refer to unknown ones are located errors",
          "[experiment]") {
  const ScratchFolder folder;
  const auto complaint = [&](const std::string& text) {
    return complaint_about(folder.write("e.toml", text + kCompleteExperiment), {});
  };
  CHECK(complaint("profile = 3\n") ==
        "e.toml:1:1: 'profile' must hold tables, such as [profile.smoke], not integer");
  CHECK(complaint("profile.smoke = 3\n") ==
        "e.toml:1:9: 'profile' must hold tables, such as [profile.smoke], not integer");
  CHECK(complaint("profile.smoke.chooses_dataset = 1\n") ==
        "e.toml:1:15: 'chooses_dataset' of a profile must be boolean, not integer");
  CHECK(complaint("profile.smoke.seed = 1\nprofile.other.profile.smok.seed = 2\n") ==
        "e.toml:2:23: profile 'other' refers to an unknown profile 'smok'; did "
        "you mean 'smoke'? Known: smoke, other");
}

TEST_CASE("a dataset that a profile chooses is not a stand-in, one that overrides it is",
          "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write("e.toml", R"(dataset = { plugin = "cifar" }
model = { plugin = "cresnet" }
objective = { plugin = "sla" }
training = { total_iterations = 10, validate_every_iterations = 5 }
[profile.photographs]
chooses_dataset = true
dataset = { plugin = "image_folder", root = "somewhere" }
[profile.smoke]
dataset.plugin = "synthetic"
)");
  const auto chosen = read_experiment(file, {"photographs", {}});
  CHECK(chosen.dataset.plugin == "image_folder");
  CHECK(!chosen.replaced_dataset);
  CHECK(!chosen.document.contains("chooses_dataset"));
  CHECK(read_experiment(file, {"smoke", {}}).replaced_dataset ==
        std::pair<std::string, std::string>("cifar", "synthetic"));
  CHECK(read_experiment(file, {"photographs,smoke", {}}).replaced_dataset ==
        std::pair<std::string, std::string>("image_folder", "synthetic"));
}

TEST_CASE("profiles are listed in file order, with the comments above them", "[experiment]") {
  const ScratchFolder folder;
  folder.write("base.toml", "# Not its own.\n\n[profile.small.model]\ndepth = 20\n");
  const auto file = folder.write("e.toml", R"(extends = "base.toml"
# First line,
# and a second.
[profile.z.training]
batch_size = 1

#
[profile.a]
seed = 1
# Real images.
[profile.small]
seed = 2
)");
  std::vector<std::string> listed;
  for (const auto& [name, comment] :
       host::experiment::profile_texts(host::experiment::read_layers(file).profiles)) {
    listed.push_back(name + ": " + comment);
  }
  CHECK(listed == std::vector<std::string>{"small: ", "z: First line,", "a: "});
}
