#include "host/run/protocol.h"

#include "host/training/selection.h"

#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/terminal/signals.h"
#include "host/training/trainer.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/empty_cache.h"
#include "tests/support/faulty.h"
#include "tests/support/scratch_folder.h"

using tests::faulty_experiment;
using tests::ScratchFolder;

namespace {

std::vector<std::string> departures(const std::string& experiment) {
  const auto assembly = tests::assembly_of(faulty_experiment("throw", 1000) + experiment);
  const host::training::Selection selection(assembly,
                                            host::evaluation::chosen_predictions(assembly));
  return host::run::check_protocol(assembly, selection.metric());
}

/// Rejected with the finding, and allowed once the experiment accepts the error message's text.
void check_guarded(const std::string& experiment, const std::string& finding,
                   const std::string& words) {
  CHECK_THROWS_WITH(
      departures(experiment),
      ContainsSubstring(finding) && ContainsSubstring("[protocol] accept = [\"" + words + "\"]"));
  const auto accepted = departures(experiment + "protocol.accept = ['" + words + "']\n");
  CHECK(accepted == std::vector<std::string>{words});
}

}  // namespace

TEST_CASE("an ordinary experiment needs no exceptions", "[training]") {
  CHECK(departures("").empty());
  CHECK(departures("training.select = 'last'\n").empty());
}

TEST_CASE("a metric of classes that the split lacks cannot select", "[training]") {
  const auto select = [](const std::string& images) {
    const auto assembly = tests::assembly_of(
        "objective.plugin = 'baseline'\ntraining.select = 'validation.single.few_accuracy'\n"
        "[dataset]\nplugin = 'long_tail'\nratio = 40\n[dataset.source]\nplugin = 'synthetic'\n"
        "train = 800\nclasses = 4\ntest = 4\nvalidation = " +
        images + "\n");
    const host::training::Selection selection(assembly,
                                              host::evaluation::chosen_predictions(assembly));
  };
  CHECK_THROWS_WITH(select("1"),
                    ContainsSubstring("unknown metric 'validation.single.few_accuracy'"));
  CHECK_NOTHROW(select("40"));
}

TEST_CASE("selecting on the test split must be accepted explicitly", "[training]") {
  check_guarded("training.select = 'test.single.accuracy'\n",
                "training.select = \"test.single.accuracy\"",
                "the checkpoint is chosen on the test split");
}

TEST_CASE("validating on test images must be accepted explicitly", "[training]") {
  const ScratchFolder folder;
  const std::string file = folder.write("data", tests::records());
  CHECK(departures(tests::record_dataset(file)).empty());
  check_guarded(tests::record_dataset(file, ", same_test = true"),
                "100.0 % of the validation images are test images",
                "the validation split shares images with the test split");
}

TEST_CASE("training on validation or test images must be accepted explicitly", "[training]") {
  const tests::EmptyCache cache;
  const ScratchFolder folder;
  std::string content = tests::records();
  constexpr size_t kSplit = 100 * 192;
  const auto with_copies = [&](size_t from, size_t to) {
    std::string changed = content;
    changed.replace(to * kSplit, 5 * 192, content, from * kSplit, 5 * 192);
    return tests::record_dataset(
        folder.write("data" + std::to_string(from) + std::to_string(to), changed));
  };
  check_guarded(with_copies(0, 2), "5.0 % of the test images are training images",
                "the training split shares images with the test split");
  check_guarded(with_copies(0, 1), "5.0 % of the validation images are training images",
                "the training split shares images with the validation split");
}

TEST_CASE("the splits are compared once", "[training]") {
  const tests::EmptyCache cache;
  const ScratchFolder folder;
  const std::string file = folder.write("data", tests::records());
  CHECK(departures(tests::record_dataset(file)).empty());
  const auto remembered = *std::filesystem::directory_iterator(cache.path() / "splits");
  // What is remembered is believed.
  folder.write("other", R"({"test_in_training": 0.5, "validation_in_training": 0,
                            "validation_in_test": 0})");
  std::filesystem::copy_file(folder / "other", remembered.path(),
                             std::filesystem::copy_options::overwrite_existing);
  CHECK_THROWS_WITH(departures(tests::record_dataset(file)),
                    ContainsSubstring("50.0 % of the test images are training images"));
  // A damaged file is replaced.
  std::filesystem::resize_file(remembered.path(), 3);
  CHECK(departures(tests::record_dataset(file)).empty());
}

TEST_CASE("an experiment without test images is refused", "[training]") {
  CHECK_THROWS_WITH(
      departures("dataset = { plugin = 'synthetic', train = 64, validation = 8, test = 0 }\n"),
      ContainsSubstring("the test split is empty"));
}

TEST_CASE("validating on the test split's new classes must be accepted explicitly", "[training]") {
  const ScratchFolder folder;
  const std::string file = folder.write("data", tests::records());
  check_guarded(tests::record_dataset(file, ", new_classes = true"),
                "2 of the 2 test classes, which training never shows, are in the validation split",
                "validation shows classes of the test split");
}

TEST_CASE("an unknown exception is rejected with a list of the known ones", "[training]") {
  CHECK_THROWS_WITH(departures("protocol.accept = ['choose on test']\n"),
                    ContainsSubstring("[protocol] accept: unknown exception 'choose on test'") &&
                        ContainsSubstring("the checkpoint is chosen on the test split"));
}

TEST_CASE("an accepted exception is written into the results", "[training]") {
  host::terminal::watch_signals();
  const ScratchFolder folder;
  const host::storage::RunDirectory run(folder / "run");
  const auto assembly =
      tests::assembly_of(faulty_experiment("throw", 1000) +
                         "training.select = 'test.single.accuracy'\n"
                         "protocol.accept = ['the checkpoint is chosen on the test split']\n");
  host::training::train(assembly, run);
  CHECK(nlohmann::json::parse(tests::content_of(run.results())).at("protocol") ==
        nlohmann::json::array({"the checkpoint is chosen on the test split"}));
}
