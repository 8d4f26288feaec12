#include <csignal>

#include "host/errors.h"
#include "host/storage/checkpoint.h"
#include "host/storage/run_comparison.h"
#include "host/terminal/signals.h"
#include "host/training/trainer.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/scratch_folder.h"

using host::storage::RunDirectory;
using host::training::train;
using tests::ScratchFolder;

namespace {

const std::string kExperiment = R"(
objective.plugin = "sla_sd"
transformation.plugin = "flip"
augmentation = { crop_padding = 2, horizontal_flip = true }
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

/// Runs to the end, interrupted after some iterations, and returns the last checkpoint.
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

/// Interrupted or not, a run must come to the same bits.
void check_resumes(const std::string& experiment, const std::vector<int64_t>& stops) {
  const ScratchFolder folder;
  const RunDirectory straight(folder / "straight");
  const RunDirectory resumed(folder / "resumed");
  const auto expected = last_checkpoint(experiment, straight);
  const auto found = last_checkpoint(experiment, resumed, stops);
  CHECK(found.metadata == expected.metadata);
  const auto comparison = host::storage::compare_runs(straight, resumed);
  CHECK(comparison.differences == std::vector<std::string>{});
  CHECK(comparison.tensors > 10);
  CHECK(comparison.figures > 10);
}

}  // namespace

TEST_CASE("an interrupted run ends with the bits of one that ran through", "[training]") {
  const auto [sampler, optimizer] =
      GENERATE(std::pair("independent", "sgd"), std::pair("epoch", "adamw"));
  // Before anything, between two lines of the log, before a validation (twice), before the end.
  check_resumes(kExperiment + "training.sampler = '" + std::string(sampler) +
                    "'\noptimizer.name = '" + optimizer + "'\n",
                {0, 1, 3, 3, 6});
}

TEST_CASE("a run on episodes resumes with DropBlock where it was", "[training]") {
  const std::string experiment =
      kEpisodes + "model = { plugin = 'resnet12', drop_block_size = 2, drop_block_ramp = 5 }\n";
  check_resumes(experiment, {1});
  const ScratchFolder folder;
  const auto last = last_checkpoint(experiment, RunDirectory(folder / "run"), {2});
  CHECK(
      last.tensors.at("network.base_model.block4.drop_block.num_batches_tracked").item<int64_t>() ==
      3);
}

TEST_CASE("a run that goes on after its end tests once more and leaves the same", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  last_checkpoint(kExperiment, run);
  const std::string metrics = tests::content_of(run.metrics());
  std::filesystem::remove(run.results());
  last_checkpoint(kExperiment, run);
  CHECK(tests::content_of(run.metrics()) == metrics);
  CHECK(std::filesystem::exists(run.results()));
}

TEST_CASE("a signal ends a run with all of it saved", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  host::terminal::watch_signals();
  std::raise(SIGTERM);
  const auto outcome = train(tests::assembly_of(kExperiment), run);
  CHECK(outcome.signal == SIGTERM);
  CHECK(!outcome.finished);
  CHECK(host::storage::read_checkpoint(run.last_checkpoint()).tensors.size() > 10);
  host::terminal::watch_signals();
}

TEST_CASE("evaluation makes way for a signal and leaves the network as it was", "[training]") {
  const auto assembly = tests::assembly_of("objective.plugin = 'baseline'\n");
  const auto predictions = host::training::chosen_predictions(assembly);
  assembly.network->train();
  host::terminal::watch_save_requests();
  std::raise(SIGUSR1);
  CHECK(!host::training::evaluate(assembly, sla::Split::test, predictions));
  CHECK(assembly.network->is_training());
  CHECK(host::terminal::take_save_request());
  CHECK(!host::terminal::take_save_request());
  CHECK(host::training::evaluate(assembly, sla::Split::test, predictions));
}

TEST_CASE("checkpoints between validations come as often as asked, and do not change the run",
          "[training]") {
  const ScratchFolder folder;
  const RunDirectory plain(folder / "plain");
  const RunDirectory often(folder / "often");
  last_checkpoint(kExperiment, plain);
  last_checkpoint(kExperiment + "checkpoints = { every_iterations = 1, keep = 4 }\n", often);
  const auto files = often.checkpoints().files();
  REQUIRE(files.size() == 4);
  for (size_t age = 0; age < files.size(); ++age) {
    const auto state = host::storage::read_checkpoint(files[age]).metadata.at("state");
    CHECK_THAT(state, ContainsSubstring("\"iteration\":" + std::to_string(6 - age)));
  }
  CHECK(host::storage::compare_runs(plain, often).differences == std::vector<std::string>{});
}

TEST_CASE("without a metric to choose by, the last checkpoint is taken", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  const auto last =
      last_checkpoint(kExperiment + "training.select = 'last'\ndataset.validation = 0\n", run);
  const auto best = host::storage::read_checkpoint(run.best_checkpoint());
  for (const auto& [name, tensor] : last.tensors) CHECK(best.tensors.at(name).equal(tensor));
  CHECK(best.metadata == last.metadata);
}

TEST_CASE("select is refused before training where no evaluation gives its metric", "[training]") {
  const auto refused = [](const std::string& metric) {
    const auto assembly = tests::assembly_of(kExperiment + "training.select = '" + metric + "'\n");
    const ScratchFolder folder;
    const RunDirectory run(folder / "run");
    CHECK_THROWS_WITH(train(assembly, run),
                      ContainsSubstring("select names no metric '" + metric + "'") &&
                          ContainsSubstring("validation.single.balanced_accuracy"));
  };
  refused("validation.single.acuracy");
  refused("validation.single.few_accuracy");

  const auto episodic = tests::assembly_of(kEpisodes +
                                           "training.select = 'validation.single.balanced_accuracy'"
                                           "\nmodel.plugin = 'conv4'\n");
  CHECK_THROWS_WITH(host::training::try_one_step(episodic),
                    ContainsSubstring("select names no metric "
                                      "'validation.single.balanced_accuracy'; did you mean "));
}

TEST_CASE("what papers say of an experiment may change between a run and its continuation",
          "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  last_checkpoint(kExperiment, run);
  const auto annotated = tests::assembly_of(
      kExperiment + "published = { metric = 'single.accuracy', value = 1, source = 'us' }\n");
  CHECK_NOTHROW(train(annotated, run));
}

TEST_CASE("a run directory of another experiment is not continued", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  last_checkpoint(kExperiment, run);
  const std::string before = tests::content_of(run.last_checkpoint());
  const auto other = tests::assembly_of(kExperiment + "optimizer.learning_rate = 0.5\n");
  CHECK_THROWS_WITH(train(other, run),
                    ContainsSubstring("belongs to another experiment") &&
                        ContainsSubstring("optimizer.learning_rate: (not set) in the checkpoint, "
                                          "0.5 now"));
  CHECK(tests::content_of(run.last_checkpoint()) == before);
}

TEST_CASE("a damaged checkpoint costs what came after the one before it, and no bit more",
          "[training]") {
  const ScratchFolder folder;
  const RunDirectory straight(folder / "straight");
  const RunDirectory run(folder / "run");
  last_checkpoint(kExperiment, straight);
  host::terminal::watch_signals();
  train(tests::assembly_of(kExperiment), run, 5);
  std::string content = tests::content_of(run.last_checkpoint());
  content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 4);
  folder.write("run/last.ckpt", content);
  last_checkpoint(kExperiment, run);
  CHECK(host::storage::compare_runs(straight, run).differences == std::vector<std::string>{});
  CHECK(tests::content_of(folder / "run/last.ckpt.damaged") == content);
}

TEST_CASE("a best checkpoint from later than the last one keeps its figure and its weights",
          "[training]") {
  const ScratchFolder folder;
  const RunDirectory straight(folder / "straight");
  const RunDirectory run(folder / "run");
  // Killed right after the best checkpoint of iteration 3 was written.
  last_checkpoint(kExperiment, straight);
  host::terminal::watch_signals();
  train(tests::assembly_of(kExperiment), run, 2);
  train(tests::assembly_of(kExperiment), RunDirectory(folder / "later"), 4);
  std::filesystem::copy(folder / "later/best.ckpt", run.best_checkpoint());
  last_checkpoint(kExperiment, run);
  CHECK(host::storage::compare_runs(straight, run).differences == std::vector<std::string>{});
}

TEST_CASE("a damaged best checkpoint is made up for by the weights beside it", "[training]") {
  const ScratchFolder folder;
  const RunDirectory run(folder / "run");
  last_checkpoint(kExperiment, run);
  const std::string results = tests::content_of(run.results());
  folder.write("run/best.ckpt", "damaged");
  last_checkpoint(kExperiment, run);
  const auto figures = [](const std::string& text) {
    return text.substr(text.find("\"figures\""));
  };
  CHECK(figures(tests::content_of(run.results())).substr(0, 200) ==
        figures(results).substr(0, 200));
}

TEST_CASE("one seed gives one run, another seed another", "[training]") {
  const ScratchFolder folder;
  const auto weights = [&](const std::string& name, const std::string& seed) {
    const RunDirectory run(folder / name);
    return last_checkpoint("seed = " + seed + kExperiment, run)
        .tensors.at("network.base_model.0.weight");
  };
  const auto first = weights("a", "5");
  CHECK(weights("b", "5").equal(first));
  CHECK(!weights("c", "6").equal(first));
}

TEST_CASE("scoring the training split is not training on it", "[training]") {
  const auto figures = [](const std::string& augmentation) {
    const auto assembly = tests::assembly_of("objective.plugin = 'baseline'\n" + augmentation);
    return host::training::evaluate(assembly, sla::Split::train,
                                    host::training::chosen_predictions(assembly))
        .value()
        .figures;
  };
  // Every image once, as it is: batches and augmentation of training make no difference.
  CHECK(figures("") == figures("augmentation.crop_padding = 4\ntraining.batch_size = 3"));
}
