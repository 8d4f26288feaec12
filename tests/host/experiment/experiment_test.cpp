#include "host/experiment/experiment.h"

#include "host/base/errors.h"
#include "tests/catch.h"
#include "tests/support/complaints.h"
#include "tests/support/scratch_folder.h"

using host::ExperimentError;
using host::experiment::read_experiment;
using tests::ScratchFolder;

namespace {

const std::string kComplete = R"(
[dataset]
plugin = "synthetic"
[model]
plugin = "cresnet"
[objective]
plugin = "sla"
[training]
total_iterations = 10
validate_every_iterations = 5
)";

/// The error from reading `text` as e.toml.
std::string complaint_about_text(const std::string& text,
                                 const host::experiment::Overrides& overrides = {}) {
  const ScratchFolder folder;
  return tests::complaint_about(folder.write("e.toml", text), overrides);
}

}  // namespace

TEST_CASE("a complete experiment is read with its defaults", "[experiment]") {
  const ScratchFolder folder;
  const auto experiment = read_experiment(folder.write("mine.toml", kComplete), {});
  CHECK(experiment.name == "mine");
  CHECK(experiment.dataset.plugin == "synthetic");
  CHECK(experiment.training.batch_size == 128);
  CHECK(experiment.training.total_iterations == 10);
  CHECK(experiment.optimizer.momentum == 0.9);
  CHECK(experiment.transformations.empty());
}

TEST_CASE("the first error is reported with its location and the expected value", "[experiment]") {
  CHECK(complaint_about_text(kComplete + "batchsize = 64\n") ==
        "e.toml:11:1: [training] has no key 'batchsize'; did you mean 'batch_size'? Known: "
        "batch_size, total_iterations, total_epochs, extended_at, sampler, precision, "
        "validate_every_iterations, validate_every_epochs, training_sample, log_every_iterations, "
        "select, "
        "nonfinite_loss, clip_gradient_norm, average_decay, accumulate, sync_batch_norm, "
        "early_stopping");
  CHECK(complaint_about_text(kComplete + "batch_size = -4\n") ==
        "e.toml:11:1: 'batch_size' of [training] must be integer, 1 to 1000000000, not -4");
  CHECK(complaint_about_text(kComplete + "batch_size = 'many'\n") ==
        "e.toml:11:1: 'batch_size' of [training] must be integer, 1 to 1000000000, not string "
        "(images "
        "per iteration, before transformations)");
  CHECK_THAT(complaint_about_text(kComplete + "sampler = 'random'\n"),
             ContainsSubstring("e.toml:11:1: 'sampler' of [training] must be one of "
                               "\"independent\", \"epoch\", not \"random\""));
  CHECK_THAT(complaint_about_text(kComplete + "[optimiser]\nname = 'sgd'\n"),
             ContainsSubstring("e.toml:11:2: the experiment has no key 'optimiser'; did you mean "
                               "'optimizer'?"));
  CHECK_THAT(complaint_about_text(kComplete + "total_epochs = 3\n"),
             ContainsSubstring("[training] needs exactly one of 'total_iterations' and "
                               "'total_epochs', but has both"));
  CHECK_THAT(complaint_about_text("[dataset]\nplugin = 5\n"),
             ContainsSubstring("e.toml:2:1: 'plugin' of [dataset] must be string, not integer"));
  CHECK_THAT(complaint_about_text("[dataset\n"), ContainsSubstring("e.toml:1:9: "));
  CHECK_THAT(complaint_about_text("[model]\nplugin = 'cresnet'\n"),
             ContainsSubstring("has no [dataset] table"));
  CHECK_THAT(complaint_about_text("dataset = 3\n"),
             ContainsSubstring("e.toml:1:1: 'dataset' must be a table, such as [dataset]"));
}

TEST_CASE("an experiment overrides the keys of the one that it extends", "[experiment]") {
  const ScratchFolder folder;
  folder.write("base.toml", kComplete + "[profile.short.training]\ntotal_iterations = 2\n");
  const auto file = folder.write("mine.toml", "extends = 'base.toml'\ntraining.batch_size = 7\n");
  const auto experiment = read_experiment(file, {"short", {"training.batch_size=9", "seed=3"}});
  CHECK(experiment.training.total_iterations == 2);
  CHECK(experiment.training.validate_every_iterations == 5);
  CHECK(experiment.training.batch_size == 9);
  CHECK(experiment.seed == 3);
  CHECK(read_experiment(file, {}).training.batch_size == 7);
}

TEST_CASE("naming another plugin drops the old one's parameters", "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write("mine.toml", kComplete +
                                                  "[transformation]\nplugin = 'jigsaw'\n"
                                                  "count = 4\n");
  const auto same = read_experiment(file, {"", {"transformation.plugin=jigsaw"}});
  CHECK(same.transformations.at(0).table.contains("count"));
  const auto other = read_experiment(file, {"", {"transformation.plugin=flip"}});
  CHECK(!other.transformations.at(0).table.contains("count"));
}

TEST_CASE("an experiment extends several files, where later ones override earlier ones",
          "[experiment]") {
  const ScratchFolder folder;
  folder.write("a.toml", kComplete + "batch_size = 1\nlog_every_iterations = 7\n");
  folder.write("b.toml", "training.batch_size = 2\noptimizer.momentum = 0.5\n");
  const auto file =
      folder.write("c.toml", "extends = ['a.toml', 'b.toml']\noptimizer.momentum = 0.25\n");
  const auto experiment = read_experiment(file, {});
  CHECK(experiment.training.batch_size == 2);
  CHECK(experiment.training.log_every_iterations == 7);
  CHECK(experiment.optimizer.momentum == 0.25);
  CHECK(complaint_about_text("extends = [3]") ==
        "e.toml:1:12: 'extends' must be the path of an experiment file, relative to this one, or a "
        "list of such paths, where later files override earlier ones");
}

TEST_CASE("a profile that replaces the source of the images is remembered", "[experiment]") {
  const ScratchFolder folder;
  const auto file = folder.write("mine.toml", R"(
dataset = { plugin = "long_tail", source = { plugin = "cifar" } }
model.plugin = "cresnet"
objective.plugin = "sla"
training = { total_iterations = 10, validate_every_iterations = 5 }
[profile.smoke]
dataset.source = { plugin = "synthetic" }
[profile.steep]
dataset.ratio = 100
)");
  const auto replaced = read_experiment(file, {"smoke", {}}).replaced_dataset;
  CHECK(replaced == std::pair<std::string, std::string>("cifar", "synthetic"));
  CHECK(!read_experiment(file, {"steep", {}}).replaced_dataset);
  // An experiment that leaves the dataset to its profiles replaces nothing.
  const auto open = folder.write("open.toml", R"(
dataset.classes = 4
model.plugin = "cresnet"
objective.plugin = "sla"
training = { total_iterations = 10, validate_every_iterations = 5 }
[profile.drawn]
dataset.plugin = "synthetic"
)");
  CHECK(!read_experiment(open, {"drawn", {}}).replaced_dataset);
  CHECK(complaint_about_text("[dataset]\nplugin = 'long_tail'\nsource = 'cifar'\n") ==
        "e.toml:3:1: 'source' of [dataset] must be a table that names a dataset, not string");
}

TEST_CASE("a profile that replaces the dataset is remembered", "[experiment]") {
  const ScratchFolder folder;
  const auto file =
      folder.write("mine.toml", kComplete + "[profile.real]\ndataset.plugin = 'cifar'\n");
  CHECK(read_experiment(file, {"real", {}}).replaced_dataset ==
        std::pair<std::string, std::string>("synthetic", "cifar"));
  CHECK(!read_experiment(file, {}).replaced_dataset);
}

TEST_CASE("a cycle of extends and a missing file are reported", "[experiment]") {
  const ScratchFolder folder;
  const auto a = folder.write("a.toml", "extends = 'b.toml'\n");
  folder.write("b.toml", "\nextends = 'a.toml'\n");
  CHECK_THROWS_WITH(read_experiment(a, {}),
                    ContainsSubstring("b.toml:2:1: 'extends' forms a cycle: "
                                      "a.toml -> b.toml -> a.toml"));
  const auto lost = folder.write("lost.toml", "extends = 'gone.toml'\n");
  CHECK_THROWS_WITH(read_experiment(lost, {}),
                    ContainsSubstring("lost.toml:1:1: cannot read experiment"));
}

TEST_CASE("unknown profiles and bad settings are reported", "[experiment]") {
  CHECK_THAT(
      complaint_about_text(kComplete + "[profile.smoke]\nseed = 1\n", {"smok", {}}),
      ContainsSubstring("no profile 'smok' in --profile smok; did you mean 'smoke'? Known: smoke"));
  CHECK_THAT(complaint_about_text(kComplete, {"", {"training.batch_size"}}),
             ContainsSubstring("--set training.batch_size: expected table.key=value"));
  CHECK_THAT(complaint_about_text(kComplete, {"", {"training.batch_sizes=3"}}),
             ContainsSubstring("did you mean 'batch_size'?"));
}

TEST_CASE("paths of plugins are relative to the file that names them", "[experiment]") {
  const ScratchFolder folder;
  folder.write("base/base.toml", kComplete + "[transformation]\nplugin = './mine.so'\n");
  const auto file = folder.write("e.toml", "extends = 'base/base.toml'\nplugin_path = ['more']\n");
  const auto experiment = read_experiment(file, {});
  CHECK(experiment.transformations.at(0).plugin == (folder / "base/mine.so").string());
  CHECK(experiment.plugin_path.at(0) == folder / "more");
}

TEST_CASE("a resolved experiment reads back as the same", "[experiment]") {
  const ScratchFolder folder;
  const auto first = read_experiment(
      folder.write("e.toml", kComplete + "[[transformation]]\nplugin = \"flip\"\n"
                                         "[[transformation]]\nplugin = \"rotation\"\n"
                                         "[schedule]\nname = 'multi_step'\n"
                                         "milestone_fractions = [0.5, 0.75]\n"),
      {});
  const std::string text = to_toml(first.document);
  const auto second = read_experiment(folder.write("again.toml", text), {});
  CHECK(to_toml(second.document) == text);
  CHECK(second.transformations.at(1).plugin == "rotation");
  CHECK(second.schedule.milestone_fractions == std::vector<double>{0.5, 0.75});
}

TEST_CASE("documents survive writing and reading, with any keys and strings", "[experiment]") {
  const std::string text =
      "\"an odd.key\" = [1, 0.5, inf, \"x\"]\ntext = \"a\\u0001b\\u0009c\\n\\\"\"\n\n"
      "[\"a table.too\"]\n\"q r\" = 1\n";
  const auto document = host::experiment::parse_document(text, "odd.toml");
  CHECK(host::experiment::to_toml(document) == text);
}
