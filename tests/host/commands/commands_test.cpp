#include <nlohmann/json.hpp>

#include <filesystem>
#include <numeric>

#include <sys/mount.h>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/empty_cache.h"
#include "tests/support/host_program.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/skip.h"

using tests::check_refused;
using tests::run_host;
using tests::ScratchFolder;

namespace {

namespace fs = std::filesystem;

const std::string kExperiment = R"(
[dataset]
plugin = "synthetic"
train = 64
validation = 20
test = 20

[model]
plugin = "cresnet"
depth = 20

[objective]
plugin = "sla"

[transformation]
plugin = "rotation"

[training]
batch_size = 4
total_iterations = 2
validate_every_iterations = 1
log_every_iterations = 1

[profile.other]
dataset = { plugin = "cifar", root = "/no/such/folder", download = false }
)";

}  // namespace

TEST_CASE("a run trains, selects, tests and leaves a complete directory", "[commands]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kExperiment);
  const std::string run = folder / "run";
  const auto trained = run_host({file, "--out", run});
  INFO(trained.output);
  REQUIRE(trained.status == 0);
  for (const char* name : {"experiment.toml", "provenance.json", "log.txt", "metrics.jsonl",
                           "last.ckpt", "best.ckpt", "weights.safetensors", "results.json"}) {
    CHECK(fs::exists(fs::path(run) / name));
  }
  const auto results = nlohmann::json::parse(tests::content_of(fs::path(run) / "results.json"));
  CHECK(results.at("metrics").contains("test.aggregated.accuracy"));
  const auto provenance =
      nlohmann::json::parse(tests::content_of(fs::path(run) / "provenance.json"));
  CHECK(provenance.at("plugins").size() == 4);
  CHECK(provenance.at("plugins")[0].at("sha256").get<std::string>().size() == 64);

  SECTION("re-evaluating the run or its weights gives the same metrics") {
    const std::string table = trained.output.substr(
        trained.output.find("prediction"),
        trained.output.find("results are in") - trained.output.find("prediction"));
    CHECK_THAT(run_host({"eval", run}).output, ContainsSubstring(table));
    CHECK_THAT(run_host({"eval", run + "/weights.safetensors"}).output, ContainsSubstring(table));
    CHECK_THAT(run_host({"eval", run, "--split", "validation", "--prediction", "single"}).output,
               ContainsSubstring("validation split") && ContainsSubstring("single"));
    check_refused({"eval", run, "--split", "tests"}, "no split 'tests'; did you mean 'test'?");
    check_refused({"eval", run, "--prediction", "agregated"}, "did you mean 'aggregated'?");
    check_refused({"eval", run, "--profile", "other"}, "is resolved and has no profiles left");
  }
  SECTION("a directory that holds a run is not overwritten") {
    const std::string before = tests::content_of(run + "/last.ckpt");
    check_refused({file, "--out", run}, "already holds a run; continue it with --resume");
    CHECK(tests::content_of(run + "/last.ckpt") == before);
  }
  SECTION("the stored experiment is self-contained") {
    CHECK(run_host({"check", run + "/experiment.toml"}).status == 0);
  }
  SECTION("incompatible weights are rejected") {
    auto weights = host::storage::read_safetensors(run + "/weights.safetensors");
    weights.tensors.erase("classifiers.0.bias");
    host::storage::write_safetensors(folder / "less.safetensors", weights);
    check_refused({"eval", folder / "less.safetensors"}, "lacks tensor 'classifiers.0.bias'");
    const std::string whole = tests::content_of(run + "/best.ckpt");
    folder.write("torn.ckpt", whole.substr(0, whole.size() / 2));
    check_refused({"eval", folder / "torn.ckpt"}, "its checksum does not match");
  }
}

TEST_CASE("a long-tailed run keeps its images, its plugins and its confusions", "[commands]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kExperiment + R"(
[profile.tail]
training.select = "last"
[profile.tail.dataset]
plugin = "long_tail"
ratio = 2
few_below = 5
source = { plugin = "synthetic", classes = 4, train = 32, validation = 0, test = 20 }
)");
  const std::string run = folder / "run";
  const auto trained = run_host({file, "--profile", "tail", "--out", run});
  INFO(trained.output);
  REQUIRE(trained.status == 0);
  CHECK_THAT(trained.output, ContainsSubstring("balanced") && ContainsSubstring("few") &&
                                 ContainsSubstring("medium"));
  const auto json = [&](const char* name) {
    return nlohmann::json::parse(tests::content_of(fs::path(run) / name));
  };
  // 8, 6, 5 and 4 images of the four classes.
  CHECK(json("long_tail.json").at("indices").size() == 23);
  CHECK(json("provenance.json").at("dataset").at("long_tail_images") == "23");
  CHECK(json("provenance.json").at("plugins")[1].at("component") == "synthetic");
  const auto results = json("results.json");
  const auto confusion =
      results.at("confusion").at("aggregated").get<std::vector<std::vector<int64_t>>>();
  REQUIRE(confusion.size() == 4);
  double right = 0;
  for (size_t c = 0; c < 4; ++c) {
    CHECK(std::accumulate(confusion[c].begin(), confusion[c].end(), int64_t{0}) == 5);
    CHECK(results.at("class_accuracy").at("aggregated")[c] ==
          20.0 * static_cast<double>(confusion[c][c]));
    right += static_cast<double>(confusion[c][c]);
  }
  CHECK(results.at("metrics").at("test.aggregated.accuracy").get<double>() == Approx(5 * right));
  CHECK(results.at("class_names").size() == 4);
  // Another run reads the list back.
  const auto again = run_host({"check", file, "--profile", "tail", "--set",
                               "dataset.index_file=" + run + "/long_tail.json"});
  INFO(again.output);
  CHECK(again.status == 0);
}

TEST_CASE("check runs one step and writes nothing", "[commands]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kExperiment);
  const auto finished = run_host({"check", file});
  CHECK(finished.status == 0);
  CHECK_THAT(finished.output,
             ContainsSubstring("mine.toml is fine: 10 classes, 4 transformations"));
  CHECK_THAT(finished.output, ContainsSubstring("profiles, for --profile NAME,NAME:\n  other\n"));
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a broken experiment reports its first error, with its location", "[commands]") {
  const tests::EmptyCache empty_cache;
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kExperiment);
  const auto with = [&](const std::string& setting) {
    return std::vector<std::string>{"check", file, "--set", setting};
  };
  check_refused(with("transformation.angle=3"), "transformation 'rotation' has no key 'angle'");
  check_refused(with("model.depth=21"), "must be one of 20, 32, 44, 56, 110, not 21");
  check_refused(with("transformation.plugin=rotatoin"),
                "no plugin 'rotatoin' in the search path; did you mean 'rotation'?");
  check_refused(with("transformation.component=rotation3"),
                "has no transformation 'rotation3'; did you mean 'rotation'?");
  check_refused(with("objective.plugin=rotation"), "has no objective");
  check_refused(with("training.select=validation.agregated.accuracy"),
                "did you mean 'validation.aggregated.accuracy'?");
  check_refused(with("dataset.validation=0"), "the validation split is empty");
  check_refused(with("runtime.device=tpu"), ":1:9: device 'tpu' is unknown");
  const std::string select = folder.write(
      "select.toml", "extends = 'mine.toml'\n\n[training]\nselect = 'validation.singel.loss'\n");
  check_refused({"check", select},
                "select.toml:4:1: [training] select: unknown metric 'validation.singel.loss'; did "
                "you mean 'validation.single.loss'?");
  check_refused({"check", file, "--profile", "other"}, "mine.toml:25:1: plugin 'cifar'");
  check_refused({"check", file, "--profile", "othre"}, "did you mean 'other'? Known: other");
  check_refused({"check", file, "--profile", ""}, "--profile: needs at least one profile");
  check_refused({"check", file, "--unset", "training.total_iterations"},
                "[training] needs exactly one of 'total_iterations' and 'total_epochs'");
  check_refused({"check", folder / "absent.toml"}, "cannot read experiment");
  const std::string twice = folder.write("twice.toml", "seed = 1\nseed = 2\n");
  check_refused({"check", twice}, "twice.toml:2:8: ");
  const std::string unknown =
      folder.write("unknown.toml", "extends = 'mine.toml'\n\n[transformation]\nplugin = 'warp'\n");
  check_refused({"check", unknown}, "unknown.toml:3:2: no plugin 'warp'");
}

TEST_CASE("a run directory that cannot be created or written is one clear error", "[commands]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kExperiment);
  check_refused({file, "--out", file + "/run"}, "cannot create run directory");
  fs::create_directory(folder / "small");
  if (mount("none", (folder / "small").c_str(), "tmpfs", 0, "size=100k") != 0) {
    return tests::skip("mounting a small disk needs root");
  }
  check_refused({file, "--out", folder / "small/run"}, "No space left on device");
  umount((folder / "small").c_str());
}

TEST_CASE("plugins, describe and inspect list what exists", "[commands]") {
  CHECK_THAT(run_host({"plugins"}).output,
             ContainsSubstring("jigsaw") && ContainsSubstring("sla_sd"));
  CHECK_THAT(run_host({"describe", "jigsaw"}).output,
             ContainsSubstring("grid") && ContainsSubstring("integer, 2 to 4; default 2"));
  check_refused({"describe", "jigsav"},
                "no plugin or component 'jigsav' in the search path; did "
                "you mean 'jigsaw'?");
  CHECK_THAT(run_host({"inspect", SLA_FIXTURES "/good.so"}).output,
             ContainsSubstring("version     1.2.3") && ContainsSubstring("transformation good"));
  const auto other = run_host({"inspect", SLA_FIXTURES "/other_sdk.so"});
  CHECK(other.status == 2);
  CHECK_THAT(other.output,
             ContainsSubstring("SDK         9.") && ContainsSubstring("build the plugin again"));
}

TEST_CASE("an exception from a plugin during training ends the run and names the plugin",
          "[commands]") {
  const ScratchFolder folder;
  const std::string file = folder.write("mine.toml", kExperiment);
  check_refused(
      {file, "--out", folder / "run", "--set", "transformation.plugin=" SLA_FIXTURES "/throwing.so",
       "--set", "transformation.component=later"},
      "plugin 'throwing', component 'later', threw in apply: no view today");
}

TEST_CASE("wrong usage is status 2 and help is status 0", "[commands]") {
  CHECK(run_host({"--help"}).status == 0);
  CHECK(run_host({}).status == 2);
  CHECK(run_host({"check"}).status == 2);
  CHECK(run_host({"mine.toml", "--no-such-flag"}).status == 2);
  // Options of training, which a command would ignore.
  const auto misplaced = run_host({"--out", "elsewhere", "plugins"});
  CHECK(misplaced.status == 2);
  CHECK_THAT(misplaced.output, ContainsSubstring("'--out' in front of 'plugins' is for training"));
  CHECK(run_host({"mine.toml", "plugins"}).status == 2);
}

TEST_CASE("new-plugin rejects names that would not build or would shadow a plugin", "[commands]") {
  const ScratchFolder folder;
  const std::string target = folder / "new";
  check_refused(
      {"new-plugin", "modle", "mine", "--dir", target},
      "unknown plugin kind 'modle'; did you mean 'model'? Known: augmentation, dataset, model, "
      "objective, transformation");
  check_refused({"new-plugin", "model", "Mine", "--dir", target}, "is not a valid plugin name");
  check_refused({"new-plugin", "model", "all", "--dir", target}, "is not a valid plugin name");
  check_refused({"new-plugin", "model", "rotation", "--dir", target},
                "a plugin 'rotation' already exists");
  CHECK(!fs::exists(target));
  CHECK(run_host({"new-plugin", "model", "mine", "--dir", target}).status == 0);
  check_refused({"new-plugin", "model", "mine", "--dir", target}, "exists and is not empty");
  CHECK(fs::exists(folder / "new/mine.cpp"));
  CHECK_THAT(tests::content_of(folder / "new/mine.cpp"), ContainsSubstring("class Mine final"));
}

TEST_CASE("an experiment inside weights cannot choose the current directory for plugins",
          "[commands]") {
  const ScratchFolder folder;
  const std::string weights = folder / "weights.safetensors";
  const std::string resolved = kExperiment.substr(0, kExperiment.find("[profile"));
  const auto with_path = [&](const std::string& path) {
    host::storage::write_safetensors(
        weights, {{}, {{"experiment", "plugin_path = ['" + path + "']\n" + resolved}}});
  };
  with_path(".");
  check_refused({"eval", weights}, "plugin_path '.' has no file to be relative to");
  // An absolute path is allowed, as in any experiment; then only the weights are missing.
  with_path("/no/such/folder");
  check_refused({"eval", weights}, "lacks tensor");
}

TEST_CASE("an experiment that came with the program is found anywhere", "[commands]") {
  const ScratchFolder folder;
  const auto check = [&](const std::string& file) {
    return tests::run_program("cd '" + folder.path().string() + "' && " SLA_HOST_PROGRAM " check " +
                              file + " --profile smoke 2>&1");
  };
  const auto found = check("experiments/cifar100_jigsaw.toml");
  INFO(found.output);
  CHECK(found.status == 0);
  CHECK_THAT(found.output, ContainsSubstring("which came with the program"));
  CHECK(check("experiments/nothing.toml").status == 2);
  // The user's own file comes first.
  fs::create_directory(folder / "experiments");
  folder.write("experiments/cifar100_jigsaw.toml", "seed = 1");
  CHECK_THAT(check("experiments/cifar100_jigsaw.toml").output,
             ContainsSubstring("no profile 'smoke'"));
}
