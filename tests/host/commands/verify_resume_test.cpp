#include <filesystem>
#include <set>

#include "host/plugin/library.h"
#include "host/plugin/search_path.h"
#include "tests/catch.h"
#include "tests/support/faulty.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"

using tests::run_host;
using tests::ScratchFolder;

namespace {

/// How to train an objective here: its table, and the dataset that samples its batches.
struct Case {
  std::string component;
  std::string objective;
  bool only_episodes = false;
};

const std::vector<Case> kCases{
    {"baseline", "plugin = 'baseline'"},
    {"da", "plugin = 'da'"},
    {"mt", "plugin = 'mt'"},
    {"sla", "plugin = 'sla'"},
    {"sla_sd", "plugin = 'sla_sd'"},
    {"imbalanced",
     "plugin = 'imbalanced', component = 'imbalanced', loss = 'ldam', "
     "class_weights = 'class_balanced', weights_from_epoch = 1"},
    {"imbalanced_sd", "plugin = 'imbalanced', component = 'imbalanced_sd', loss = 'focal'"},
    {"prototypical", "plugin = 'few_shot', component = 'prototypical'", true},
    {"ridge", "plugin = 'few_shot', component = 'ridge'", true},
    {"svm", "plugin = 'few_shot', component = 'svm'", true},
    {"pretrained", "plugin = 'few_shot', component = 'pretrained'"},
};

const std::string kResumedExperiment = R"(
transformation.plugin = "flip"
model = { plugin = "conv4", channels = 4 }
augmentation = [{ plugin = "random_crop", padding = 2 }, { plugin = "random_flip" }]
optimizer.learning_rate = 0.01
schedule = { name = "cosine", warmup_iterations = 3 }
evaluation.batch_size = 8
checkpoints.every_iterations = 2
training.batch_size = 6
training.total_iterations = 6
training.validate_every_iterations = 4
training.log_every_iterations = 3
)";

const std::string kSynthetic =
    "plugin = 'synthetic', classes = 6, train = 30, validation = 12, test = 12";
const std::string kEpisodes =
    "plugin = 'episodes', way = 2, shot = 1, query = 1, episodes_per_batch = 2, "
    "evaluation_way = 2, evaluation_shot = 1, evaluation_query = 1, validation_episodes = 2, "
    "test_episodes = 2, validation_classes = ['stripes0', 'stripes1'], "
    "test_classes = ['stripes2', 'stripes3'], source = { plugin = 'synthetic', classes = 6, "
    "train = 60 }";

/// The samplers to train an objective with: lines of an experiment.
std::vector<std::string> samplers_for(const Case& objective) {
  const std::string episodes = "dataset = { " + kEpisodes + " }\n";
  if (objective.only_episodes) return {episodes};
  // For objectives scored on episodes, the dataset samples training batches in other ways.
  const std::string dataset =
      objective.component == "pretrained" ? kEpisodes + ", train_on = 'images'" : kSynthetic;
  return {episodes, "dataset = { " + dataset + " }\ntraining.sampler = 'epoch'\n",
          "dataset = { " + dataset + " }\ntraining.sampler = 'independent'\n"};
}

}  // namespace

TEST_CASE("every objective is in the list below", "[resume]") {
  std::set<std::string> listed;
  for (const auto& each : kCases) listed.insert(each.component);
  std::set<std::string> found;
  for (const auto& folder : host::plugin::search_path({})) {
    if (!std::filesystem::is_directory(folder)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".so") continue;
      for (const auto& component : host::plugin::Library::load(entry.path())->components()) {
        if (host::plugin::kind_of(component) == host::plugin::Kind::objective)
          found.insert(component.name);
      }
    }
  }
  CHECK(found == listed);
}

TEST_CASE("every objective resumes bit for bit with every sampler, on one thread and on two",
          "[resume]") {
  const ScratchFolder folder;
  for (const auto& objective : kCases) {
    for (const std::string& sampler : samplers_for(objective)) {
      const std::string experiment =
          kResumedExperiment + "objective = { " + objective.objective + " }\n" + sampler;
      const std::string file = folder.write("mine.toml", experiment);
      for (const char* threads : {"1", "2"}) {
        INFO(experiment);
        INFO(threads << " threads");
        const auto verified = run_host({"verify-resume", file, "--at", "1", "--at", "4", "--set",
                                        std::string("runtime.threads=") + threads});
        INFO(verified.output);
        CHECK(verified.status == 0);
        CHECK_THAT(verified.output, ContainsSubstring("interrupted after iteration 1 4 (") &&
                                        ContainsSubstring("bit-identical: "));
      }
    }
  }
}

TEST_CASE("two processes train every objective to the bits of one process with the same parts",
          "[resume][distributed]") {
  const ScratchFolder folder;
  for (const auto& objective : kCases) {
    const std::string sampler = samplers_for(objective).at(objective.only_episodes ? 0 : 1);
    const std::string file =
        folder.write(objective.component + ".toml", kResumedExperiment + "objective = { " +
                                                        objective.objective + " }\n" + sampler);
    std::vector<std::string> arguments{"verify-resume", file, "--at", "3", "--processes", "2"};
    if (!objective.only_episodes && objective.component != "pretrained") {
      // The last batch of an epoch has one image, so the second process has none.
      arguments.insert(arguments.end(), {"--set", "dataset.train=31"});
    }
    const auto verified = run_host(arguments);
    INFO(objective.component);
    INFO(verified.output);
    CHECK(verified.status == 0);
    CHECK_THAT(verified.output,
               ContainsSubstring("interrupted after iteration 3, in 2 processes") &&
                   ContainsSubstring("bit-identical: "));
  }
}

TEST_CASE("verify-resume rejects an interruption after the end", "[resume]") {
  const ScratchFolder folder;
  const std::string file =
      folder.write("mine.toml", kResumedExperiment + "objective.plugin = 'baseline'\ndataset = { " +
                                    kSynthetic + " }\n");
  const auto refused = run_host({"verify-resume", file, "--at", "7"});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.output, ContainsSubstring("--at 7: the run has only 6 iterations"));
}

TEST_CASE("what a plugin draws in an evaluation does not depend on what came before", "[resume]") {
  const ScratchFolder folder;
  const std::string file = folder.write(
      "mine.toml", tests::faulty_experiment("noise", 0) + "dataset = { " + kSynthetic + " }\n" +
                       "training = { total_iterations = 6, validate_every_iterations = 3 }\n");
  const auto verified = run_host({"verify-resume", file, "--at", "3", "--at", "6"});
  INFO(verified.output);
  CHECK(verified.status == 0);
}

TEST_CASE("verify-resume detects plugin state outside buffers", "[resume]") {
  const ScratchFolder folder;
  const std::string file = folder.write(
      "mine.toml", tests::faulty_experiment("forget", 0) + "dataset = { " + kSynthetic + " }\n" +
                       "training = { total_iterations = 6, validate_every_iterations = 6 }\n");
  const auto verified = run_host({"verify-resume", file, "--out", folder / "kept"});
  CHECK(verified.status == 3);
  CHECK_THAT(verified.output,
             ContainsSubstring("interrupted after iteration 3:\ndifferent (") &&
                 ContainsSubstring("last checkpoint: tensor network.classifiers.0.weight differs"));
  CHECK(std::filesystem::exists(folder / "kept/straight/results.json"));
  CHECK(std::filesystem::exists(folder / "kept/resumed/results.json"));
}
