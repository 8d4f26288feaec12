#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "host/conformance/conformance.h"
#include "host/plugin/search_path.h"
#include "tests/catch.h"
#include "tests/support/empty_cache.h"
#include "tests/support/fake_cifar.h"
#include "tests/support/host_program.h"
#include "tests/support/picture_folder.h"
#include "tests/support/torch_script.h"

using host::conformance::check_plugin;

namespace {

const std::string kFixture = SLA_FIXTURES "/nonconforming.so";

/// The checks that fail, or all checks, as COMPONENT: CHECK.
std::set<std::string> checks(const std::vector<std::string>& settings, const std::string& result) {
  std::ostringstream report;
  check_plugin(kFixture, settings, report);
  std::istringstream lines(report.str());
  std::set<std::string> names;
  std::string component;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(" ")) component = line.substr(line.find(' ') + 1);
    const auto dots = line.find(" ... " + result);
    if (dots != std::string::npos) names.insert(component + ": " + line.substr(2, dots - 2));
  }
  return names;
}

std::set<std::string> failing(const std::vector<std::string>& settings) {
  return checks(settings, "FAILED");
}

/// Settings that some of the project's plugins need, or that make their checks faster.
std::vector<std::string> settings_for(const std::string& plugin, const tests::FakeCifar& cifar,
                                      const tests::PictureFolder& pictures,
                                      const std::filesystem::path& script) {
  if (plugin == "cifar") {
    return {"cifar.download=false", "cifar.root=" + cifar.folder.path().string()};
  }
  if (plugin == "image_folder") {
    return {"image_folder.size=16", "image_folder.disjoint_classes=true",
            "image_folder.root=" + pictures.folder.path().string()};
  }
  if (plugin == "episodes") {
    return {"episodes.validation_classes=['class 0', 'class 1', 'class 2', 'class 3', 'class 4']",
            "episodes.test_classes=['class 5', 'class 6', 'class 7', 'class 8', 'class 9']",
            "episodes.evaluation_query=5"};
  }
  if (plugin == "long_tail") return {"long_tail.ratio=10"};
  if (plugin == "wide_resnet") return {"wide_resnet.depth=10", "wide_resnet.width=2"};
  if (plugin == "pyramid_net") return {"pyramid_net.depth=20", "pyramid_net.alpha=20"};
  if (plugin == "resnet") return {"resnet.name=resnet18"};
  if (plugin == "torchscript") return {"torchscript.file=" + script.string()};
  if (plugin == "resnet12") return {"resnet12.drop_block_size=2"};
  return {};
}

}  // namespace

TEST_CASE("every plugin of the project conforms", "[conformance]") {
  const tests::EmptyCache cache;
  const tests::FakeCifar cifar(100);
  const tests::PictureFolder pictures;
  const auto script = pictures.folder / "script.pt";
  tests::write_small_network(script);
  int plugins = 0;
  for (const auto& file : host::plugin::list_plugins(host::plugin::search_path({}))) {
    std::ostringstream report;
    const auto outcome =
        check_plugin(file, settings_for(file.stem().string(), cifar, pictures, script), report);
    INFO(report.str());
    CHECK(outcome.failures == 0);
    // The least that any kind has: augmentations.
    CHECK(outcome.checks >= 7);
    ++plugins;
  }
  CHECK(plugins >= 33);
}

TEST_CASE("a fixture without faults fails only for its badly declared parameters",
          "[conformance]") {
  CHECK(failing({}) ==
        std::set<std::string>{
            "ranges: declares its parameters with help and valid defaults",
            "ranges: can be constructed, or throws sla::Error, for all allowed parameters"});
}

TEST_CASE("each violation is found by its own check", "[conformance]") {
  const std::string rows = "row b*M + j of apply() is view j of image b, contiguous";
  const std::string left_over = "batches of no image, one, and odd numbers work";
  const std::string all_state = "parameters and buffers hold all its state";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"transformation.none",
       "can be constructed, and has at least one view of common image shapes"},
      {"transformation.empty", left_over},
      {"transformation.odd",
       "images of an odd or unequal size are transformed, or rejected with sla::Error"},
      {"transformation.twins", "no two views of an image are the same"},
      {"transformation.identity", "view 0 is the image itself, for every dtype"},
      {"transformation.input", "its input images are not modified"},
      {"transformation.shape", "every view keeps shape and dtype"},
      {"transformation.dtype", "every view keeps shape and dtype"},
      {"transformation.batch", "each image is transformed independently"},
      {"transformation.memory",
       "the same images give the same views, with any number of threads and from several"},
      {"transformation.rows", rows},
      {"transformation.strides", rows},
      {"dataset.shape", "batches hold images and labels at the indices, contiguous, bytes or 0..1"},
      {"dataset.labels", "labels are class numbers, int64 on the CPU"},
      {"dataset.empty", left_over},
      {"dataset.order", "an image is the same in any batch at any position"},
      {"dataset.shared", "batches do not share memory with the dataset"},
      {"dataset.range", "batches hold images and labels at the indices, contiguous, bytes or 0..1"},
      {"dataset.sampler",
       "its samplers draw batch n independently of earlier draws, within the split"},
      {"dataset.groups", "groups, provenance and documents are valid"},
      {"model.size", "features are [R, D] and finite, for one image and for odd numbers"},
      {"model.dead", "gradients reach every parameter"},
      {"model.evaluation", "in evaluation, no random numbers are used and no state changes"},
      {"model.member", all_state},
      {"model.batch", "in evaluation, an image's features do not depend on its batch"},
      {"model.float", "float32, float64 and bfloat16 autocast agree"},
      {"model.layout", "the images' memory layout has no effect, and the images are not modified"},
      {"dataset.none", "can be constructed, and has classes and an image shape"},
      {"dataset.threads",
       "the same images with any number of threads, from several, and in a second object"},
      {"model.refuses", "can be constructed for common image shapes"},
      {"model.seed", "one seed gives the same weights and the same training features"},
      {"model.threads", "the same features with any number of threads"},
      {"model.head", "its heads map features to logits and are trained"},
      {"objective.refuses", "can be constructed for images alone, or for several transformations"},
      {"objective.one", "a batch of one image, and of an odd number, has a loss or is rejected"},
      {"objective.threads",
       "one seed gives the same heads and the same loss, with any number of threads"},
      {"objective.predicting", "predicting changes neither state nor features"},
      {"objective.dead", "gradients reach the features and every parameter"},
      {"objective.numbering", "the predictions learn what the loss trains"},
      {"objective.member", all_state},
      {"objective.end", "the loss is one finite number of the features' dtype, in every phase"},
      {"objective.vector", "the loss is one finite number of the features' dtype, in every phase"},
      {"objective.views", "a prediction from the identity rows is the same when given all rows"},
      {"objective.columns", "each prediction has a name, and logits for its targets"}};
  std::set<std::string> unbroken = checks({}, "");
  std::erase_if(unbroken, [](const std::string& check) {
    // Every component has these two checks; `ranges` fails them.
    return check.find("parameters") != std::string::npos &&
               check.find("state") == std::string::npos ||
           check.starts_with("ranges");
  });
  for (const auto& [fault, check] : cases) {
    unbroken.erase(fault.substr(0, fault.find('.')) + ": " + check);
    const auto dot = fault.find('.');
    const std::string component = fault.substr(0, dot);
    const auto found = failing({component + ".fault=" + fault.substr(dot + 1)});
    INFO(fault);
    CHECK(found.contains(component + ": " + check));
  }
  CHECK(unbroken == std::set<std::string>());
}

TEST_CASE("the command names the check that crashed, and unknown components", "[conformance]") {
  const auto crashed =
      tests::run_host({"conformance", kFixture, "--set", "transformation.fault=crash"});
  CHECK(crashed.status == 134);
  CHECK_THAT(
      crashed.output,
      ContainsSubstring(
          "can be constructed, and has at least one view of common image shapes ... \nthe plugin "
          "ended the process with signal 6 (Aborted) in the check printed last"));
  const auto failed = tests::run_host({"conformance", kFixture});
  CHECK(failed.status == 4);
  CHECK_THAT(
      failed.output,
      ContainsSubstring("found: parameter 'size' has no help\n      why it matters: the host"));
  const auto unknown = tests::run_host({"conformance", kFixture, "--set", "modle.fault=x"});
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.output, ContainsSubstring("has no component 'modle'; did you mean 'model'?"));
  const auto short_name = tests::run_host({"conformance", kFixture, "--set", "fault=x"});
  CHECK_THAT(short_name.output, ContainsSubstring("--set fault=...: name the component too"));
  const auto bare = tests::run_host(
      {"conformance", host::plugin::find_plugin("image_folder", host::plugin::search_path({}))});
  CHECK(bare.status == 2);
  CHECK_THAT(bare.output, ContainsSubstring("needs 'root'") &&
                              ContainsSubstring("set it with --set image_folder.KEY=VALUE"));
}
