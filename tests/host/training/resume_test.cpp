#include <csignal>
#include <fstream>

#include "host/base/errors.h"
#include "host/run/run_comparison.h"
#include "host/storage/checkpoint.h"
#include "host/storage/json_file.h"
#include "host/terminal/signals.h"
#include "host/training/trainer.h"
#include "host/training/trial.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/scratch_folder.h"

using host::storage::RunDirectory;
using host::training::train;
using tests::ScratchFolder;

namespace {

const std::string kTrainedExperiment = R"(
objective.plugin = "sla_sd"
transformation.plugin = "flip"
augmentation = [{ plugin = "random_crop", padding = 2 }, { plugin = "random_flip" }]
schedule = { name = "cosine", warmup_iterations = 3 }
training.total_iterations = 6
training.validate_every_iterations = 3
training.log_every_iterations = 2
)";

const std::string kEpisodes = R"(
transformation.plugin = "flip"
objective = { plugin = "few_shot", component = "svm" }
training.total_iterations = 3
training.validate_every_iterations = 2
dataset.plugin = "episodes"
dataset.way = 2
dataset.shot = 1
dataset.query = 1
dataset.episodes_per_batch = 2
dataset.evaluation_way = 2
dataset.validation_episodes = 2
dataset.test_episodes = 2
dataset.evaluation_query = 1
dataset.evaluation_shot = 1
dataset.validation_classes = ["stripes0", "stripes1"]
dataset.test_classes = ["stripes2", "stripes3"]
dataset.source = { plugin = "synthetic", classes = 6, train = 60 }
)";

/// Runs to the end with interruptions after `stops` and returns the last checkpoint.
host::storage::TensorFile last_checkpoint(const std::string& experiment, const RunDirectory& run,
                                          const std::vector<int64_t>& stops = {}) {
  host::terminal::watch_signals();
  for (const int64_t stop : stops) {
    const auto outcome = train(tests::assembly_of(experiment), run, stop);
    CHECK(!outcome.finished);
    CHECK(outcome.iteration == stop);
  }
  CHECK(train(tests::assembly_of(experiment), run).finished);
  return host::storage::read_checkpoint(run.last_checkpoint());
}

/// An interrupted run must be bit-identical to an uninterrupted one.
void check_resumes(const std::string& experiment, const std::vector<int64_t>& stops) {
  const ScratchFolder folder;
  const RunDirectory straight(folder / "straight");
  const RunDirectory resumed(folder / "resumed");
  const auto expected = last_checkpoint(experiment, straight);
  const auto found = last_checkpoint(experiment, resumed, stops);
  CHECK(found.metadata == expected.metadata);
  const auto comparison = host::run::compare_runs(straight, resumed);
  CHECK(comparison.differences == std::vector<std::string>{});
  CHECK(comparison.tensors > 10);
  CHECK(comparison.values > 10);
}

}  // namespace

TEST_CASE("an interrupted run is bit-identical to an uninterrupted one", "[training]") {
  const auto [sampler, optimizer] =
      GENERATE(std::pair("independent", "sgd"), std::pair("epoch", "adamw"));
  // Before the first iteration, between log lines, before a validation (twice), before the end.
  check_resumes(kTrainedExperiment + "training.sampler = '" + std::string(sampler) +
                    "'\noptimizer.name = '" + optimizer + "'\n",
                {0, 1, 3, 3, 6});
}

TEST_CASE("averages, clipping and parameter groups resume bit by bit", "[training]") {
  check_resumes(kTrainedExperiment + R"(
training.average_decay = 0.9
training.clip_gradient_norm = 0.5
optimizer = { name = "adamw", weight_decay = 0.1, decay_norms_and_biases = false }
[[parameter_group]]
pattern = "base_model.*"
learning_rate_factor = 0.5
)",
                {1, 4});
}

TEST_CASE("an episodic run resumes with the same DropBlock state", "[training]") {
  const std::string experiment =
      kEpisodes + "model = { plugin = 'resnet12', drop_block_size = 2, drop_block_ramp = 5 }\n";
  check_resumes(experiment, {1});
  const ScratchFolder folder;
  const auto last = last_checkpoint(experiment, RunDirectory(folder / "run"), {2});
  CHECK(
      last.tensors.at("network.base_model.block4.drop_block.num_batches_tracked").item<int64_t>() ==
      3);
}

TEST_CASE("resuming a finished run only repeats the test, with the same results", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  last_checkpoint(kTrainedExperiment, run);
  const std::string metrics = tests::content_of(run.metrics());
  std::filesystem::remove(run.results());
  last_checkpoint(kTrainedExperiment, run);
  CHECK(tests::content_of(run.metrics()) == metrics);
  CHECK(std::filesystem::exists(run.results()));
}

TEST_CASE("the time of a resumed run is that of all its sessions", "[training]") {
  host::terminal::watch_signals();
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  CHECK(train(tests::assembly_of(kTrainedExperiment), run, 3).iteration == 3);
  // As if it had taken so long.
  std::string metrics = tests::content_of(run.metrics());
  const auto spent = metrics.find("\"train.seconds.data\":");
  REQUIRE(spent != std::string::npos);
  metrics.insert(metrics.find(':', spent) + 1, "1234,\"it was\":");
  std::ofstream(run.metrics()) << metrics;
  last_checkpoint(kTrainedExperiment, run);
  CHECK(host::storage::read_json(run.results()).at("seconds").get<double>() > 1000);
}

TEST_CASE("a signal ends a run with everything saved", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  host::terminal::watch_signals();
  std::raise(SIGTERM);
  const auto outcome = train(tests::assembly_of(kTrainedExperiment), run);
  CHECK(outcome.signal == SIGTERM);
  CHECK(!outcome.finished);
  CHECK(host::storage::read_checkpoint(run.last_checkpoint()).tensors.size() > 10);
  host::terminal::watch_signals();
}

TEST_CASE("a signal aborts an evaluation and leaves the network's mode unchanged", "[training]") {
  const auto assembly = tests::assembly_of("objective.plugin = 'baseline'\n");
  const auto predictions = host::evaluation::chosen_predictions(assembly);
  assembly.network->train();
  host::terminal::watch_save_requests();
  std::raise(SIGUSR1);
  CHECK(!host::evaluation::evaluate(assembly, sla::Split::test, predictions));
  CHECK(assembly.network->is_training());
  CHECK(host::terminal::take_save_request());
  CHECK(!host::terminal::take_save_request());
  CHECK(host::evaluation::evaluate(assembly, sla::Split::test, predictions));
}

TEST_CASE("checkpoints between validations follow every_iterations and do not change the run",
          "[training]") {
  const ScratchFolder folder;
  const RunDirectory plain(folder / "plain");
  const RunDirectory often(folder / "often");
  last_checkpoint(kTrainedExperiment, plain);
  last_checkpoint(kTrainedExperiment + "checkpoints = { every_iterations = 1, keep = 4 }\n", often);
  const auto files = often.checkpoints().files();
  REQUIRE(files.size() == 4);
  for (size_t age = 0; age < files.size(); ++age) {
    const auto state = host::storage::read_checkpoint(files[age]).metadata.at("state");
    CHECK_THAT(state, ContainsSubstring("\"iteration\":" + std::to_string(6 - age)));
  }
  CHECK(host::run::compare_runs(plain, often).differences == std::vector<std::string>{});
}

TEST_CASE("select = last uses the last checkpoint", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  const auto last = last_checkpoint(
      kTrainedExperiment + "training.select = 'last'\ndataset.validation = 0\n", run);
  const auto best = host::storage::read_checkpoint(run.best_checkpoint());
  for (const auto& [name, tensor] : last.tensors) CHECK(best.tensors.at(name).equal(tensor));
  CHECK(best.metadata == last.metadata);
}

TEST_CASE("select is rejected before training if no evaluation computes its metric", "[training]") {
  const auto refused = [](const std::string& metric) {
    const auto assembly =
        tests::assembly_of(kTrainedExperiment + "training.select = '" + metric + "'\n");
    const ScratchFolder folder;
    const RunDirectory run(folder / "run");
    CHECK_THROWS_WITH(train(assembly, run),
                      ContainsSubstring("select: unknown metric '" + metric + "'") &&
                          ContainsSubstring("validation.single.balanced_accuracy"));
  };
  refused("validation.single.acuracy");
  refused("validation.single.few_accuracy");

  const auto episodic = tests::assembly_of(kEpisodes +
                                           "training.select = 'validation.single.balanced_accuracy'"
                                           "\nmodel.plugin = 'conv4'\n");
  CHECK_THROWS_WITH(host::training::try_one_step(episodic),
                    ContainsSubstring("select: unknown metric "
                                      "'validation.single.balanced_accuracy'; did you mean "));
}

TEST_CASE("published results of an experiment may change when a run is resumed", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  last_checkpoint(kTrainedExperiment, run);
  const auto annotated =
      tests::assembly_of(kTrainedExperiment +
                         "published = { metric = 'single.accuracy', value = 1, source = 'us' }\n");
  CHECK_NOTHROW(train(annotated, run));
}

TEST_CASE("a run directory of another experiment is not resumed", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  last_checkpoint(kTrainedExperiment, run);
  const std::string before = tests::content_of(run.last_checkpoint());
  const auto other = tests::assembly_of(kTrainedExperiment + "optimizer.learning_rate = 0.5\n");
  CHECK_THROWS_WITH(
      train(other, run),
      ContainsSubstring("belongs to another experiment") &&
          ContainsSubstring("optimizer.learning_rate: 0.1 in the checkpoint, 0.5 now"));
  CHECK(tests::content_of(run.last_checkpoint()) == before);
}

TEST_CASE("a damaged checkpoint loses only the iterations since the previous one", "[training]") {
  const ScratchFolder folder;
  const RunDirectory straight(folder / "straight");
  const RunDirectory run(folder / "run");
  last_checkpoint(kTrainedExperiment, straight);
  host::terminal::watch_signals();
  train(tests::assembly_of(kTrainedExperiment), run, 5);
  std::string content = tests::content_of(run.last_checkpoint());
  content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 4);
  folder.write("run/last.ckpt", content);
  last_checkpoint(kTrainedExperiment, run);
  CHECK(host::run::compare_runs(straight, run).differences == std::vector<std::string>{});
  CHECK(tests::content_of(folder / "run/last.ckpt.damaged") == content);
}

TEST_CASE("a best checkpoint newer than the last one keeps its metric and its weights",
          "[training]") {
  const ScratchFolder folder;
  const RunDirectory straight(folder / "straight");
  const RunDirectory run(folder / "run");
  // Killed right after the best checkpoint of iteration 3 was written.
  last_checkpoint(kTrainedExperiment, straight);
  host::terminal::watch_signals();
  train(tests::assembly_of(kTrainedExperiment), run, 2);
  train(tests::assembly_of(kTrainedExperiment), RunDirectory(folder / "later"), 4);
  std::filesystem::copy(folder / "later/best.ckpt", run.best_checkpoint());
  last_checkpoint(kTrainedExperiment, run);
  CHECK(host::run::compare_runs(straight, run).differences == std::vector<std::string>{});
}

TEST_CASE("a damaged best checkpoint is replaced by weights.safetensors", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  last_checkpoint(kTrainedExperiment, run);
  const std::string results = tests::content_of(run.results());
  folder.write("run/best.ckpt", "damaged");
  last_checkpoint(kTrainedExperiment, run);
  const auto metrics = [](const std::string& text) {
    return text.substr(text.find("\"metrics\""));
  };
  CHECK(metrics(tests::content_of(run.results())).substr(0, 200) ==
        metrics(results).substr(0, 200));
}

TEST_CASE("the same seed gives the same run, another seed another run", "[training]") {
  const ScratchFolder folder;
  const auto weights = [&](const std::string& name, const std::string& seed) {
    const RunDirectory run(folder / name);
    return last_checkpoint("seed = " + seed + kTrainedExperiment, run)
        .tensors.at("network.base_model.0.weight");
  };
  const auto first = weights("a", "5");
  CHECK(weights("b", "5").equal(first));
  CHECK(!weights("c", "6").equal(first));
}

TEST_CASE("scoring the training split uses no augmentation", "[training]") {
  const auto metrics = [](const std::string& augmentation) {
    const auto assembly = tests::assembly_of("objective.plugin = 'baseline'\n" + augmentation);
    return host::evaluation::evaluate(assembly, sla::Split::train,
                                      host::evaluation::chosen_predictions(assembly))
        .value()
        .metrics;
  };
  // Every image once, unaugmented: training's batch size and augmentation make no difference.
  CHECK(metrics("") == metrics("augmentation.plugin = 'random_crop'\ntraining.batch_size = 3"));
}
