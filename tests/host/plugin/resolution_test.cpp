#include "host/plugin/resolution.h"

#include <torch/version.h>

#include <cstdlib>
#include <filesystem>

#include "host/base/errors.h"
#include "host/experiment/document.h"
#include "host/experiment/flat.h"
#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/run_files.h"
#include "tests/support/scratch_folder.h"

namespace {

using host::experiment::flatten;

const std::string kResolvedExperiment = R"(
dataset = { plugin = "long_tail", source = { plugin = "synthetic", train = 2000 } }
model = { plugin = "conv4", channels = 4 }
objective.plugin = "sla"
augmentation = [{ plugin = "random_crop" }, { plugin = "random_flip", probability = 0.25 }]
transformation.plugin = "flip"
training = { batch_size = 8, total_iterations = 2, validate_every_iterations = 1, select = "last" }
)";

host::experiment::Experiment resolved(const std::string& text,
                                      const std::string& file = "mine.toml") {
  return host::plugin::resolve(
      host::experiment::interpret(host::experiment::parse_document(text, file), "mine"));
}

}  // namespace

TEST_CASE("a resolved experiment shows every value, defaults included", "[plugin]") {
  const auto experiment = resolved(kResolvedExperiment);
  const auto flat = flatten(experiment.document, {});
  CHECK(flat.at("dataset.ratio") == "100.0");
  CHECK(flat.at("dataset.profile") == "\"exp\"");
  CHECK(flat.at("dataset.source.train") == "2000");
  CHECK(flat.at("dataset.source.noise") == "0.2");
  CHECK(flat.at("objective.sum_over_transformations") == "false");
  CHECK_THAT(flat.at("augmentation"), ContainsSubstring("padding = 4"));
  CHECK_THAT(flat.at("augmentation"), ContainsSubstring("probability = 0.25"));
  CHECK(flat.at("transformation.plugin") == "\"flip\"");
  CHECK(flat.at("optimizer.momentum") == "0.9");
  CHECK(flat.at("training.precision") == "\"fp32\"");
  CHECK(flat.at("runtime.threads") == "0");
  CHECK(flat.at("seed") == "0");
}

TEST_CASE("writing out a default gives the same experiment", "[plugin]") {
  const auto written = resolved(kResolvedExperiment + "seed = 0\n" + R"(
[optimizer]
momentum = 0.9
)");
  CHECK(flatten(written.document, {}) == flatten(resolved(kResolvedExperiment).document, {}));
  // Resolving twice changes nothing.
  CHECK(flatten(host::plugin::resolve(written).document, {}) == flatten(written.document, {}));
}

TEST_CASE("a path is relative to the file that contains it, and ~ is the home folder", "[plugin]") {
  const tests::ScratchFolder folder;
  std::filesystem::create_directories(folder.path() / "inner");
  const auto root_in = [&](const std::string& root) {
    const std::string file =
        folder.write("inner/mine.toml",
                     "dataset = { plugin = 'cifar', root = '" + root +
                         "' }\nmodel.plugin = 'conv4'\nobjective.plugin = 'baseline'\n"
                         "training = { total_iterations = 2, validate_every_iterations = 1 }\n");
    const auto experiment = host::plugin::resolve(host::experiment::read_experiment(file, {}));
    return flatten(experiment.document, {}).at("dataset.root");
  };
  const auto quoted = [](const std::string& text) { return '"' + text + '"'; };
  CHECK(root_in("../data") == quoted(folder.path() / "data"));
  CHECK(root_in("/somewhere") == quoted("/somewhere"));
  CHECK(root_in("") == quoted(""));
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  if (!home.empty()) CHECK(root_in("~/data") == quoted(home + "/data"));
}

TEST_CASE("a run's saved experiment shows every value and can be run on its own", "[plugin]") {
  const tests::ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kResolvedExperiment);
  REQUIRE(tests::run_host({file, "--out", folder / "run"}).status == 0);
  const std::string kept = tests::content_of(folder / "run/experiment.toml");
  for (const char* line : {"padding = 4", "probability = 0.25", "momentum = 0.9", "noise = 0.2",
                           "sum_over_transformations = false", "precision = \"fp32\""}) {
    CHECK_THAT(kept, ContainsSubstring(line));
  }
  CHECK(tests::run_host({folder / "run/experiment.toml", "--out", folder / "again"}).status == 0);
  CHECK(tests::run_host({"compare", folder / "run", folder / "again"}).status == 0);
}

TEST_CASE("a plugin build for this LibTorch takes precedence in a folder", "[plugin]") {
  const tests::ScratchFolder folder;
  const auto put = [&](const std::string& fixture, const std::string& name) {
    std::filesystem::create_directories((folder.path() / name).parent_path());
    std::filesystem::copy_file(SLA_FIXTURES "/" + fixture + ".so", folder.path() / name);
  };
  const std::string file = folder.write("mine.toml", "plugin_path = ['.']\n" + kResolvedExperiment);
  const auto check = [&] {
    return tests::run_host({"check", file, "--set", "transformation.plugin=mine"});
  };
  put("other_libtorch", "9.9.9/mine.so");
  const auto other = check();
  CHECK(other.status == 2);
  CHECK_THAT(other.output,
             ContainsSubstring("plugin 'mine' is not built for this host's LibTorch"));
  CHECK_THAT(other.output, ContainsSubstring("9.9.9/mine.so"));
  put("other_libtorch", "mine.so");
  CHECK_THAT(check().output, ContainsSubstring("LibTorch"));
  CHECK(check().status == 2);
  put("good", TORCH_VERSION "/mine.so");
  const auto own = check();
  INFO(own.output);
  CHECK(own.status == 0);
}
