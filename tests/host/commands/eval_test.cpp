#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <sla/image_names.h>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/host_program.h"
#include "tests/support/picture_folder.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/small_runs.h"

using tests::check_refused;
using tests::rows_of;
using tests::run_host;
using tests::ScratchFolder;
using tests::small_run;
using tests::softmax;

namespace {

namespace fs = std::filesystem;
using host::storage::read_safetensors;
using nlohmann::json;

/// The metrics that `eval --json` printed for one source after another.
std::vector<json> metrics_of(const std::vector<std::string>& arguments) {
  const auto finished = run_host(arguments);
  INFO(finished.output);
  REQUIRE(finished.status == 0);
  std::vector<json> metrics;
  for (const auto& one : json::parse(finished.output.substr(finished.output.find('['))))
    metrics.push_back(one.at("metrics"));
  return metrics;
}

/// The accuracy and the mean negative logarithm of the true class's probability.
std::pair<double, double> scores_of(const std::vector<std::vector<double>>& probabilities,
                                    const at::Tensor& labels) {
  double right = 0;
  double loss = 0;
  for (size_t row = 0; row < probabilities.size(); ++row) {
    const auto label = static_cast<size_t>(labels[static_cast<int64_t>(row)].item<int64_t>());
    size_t best = 0;
    for (size_t c = 0; c < probabilities[row].size(); ++c)
      if (probabilities[row][c] > probabilities[row][best]) best = c;
    right += best == label ? 1 : 0;
    loss -= std::log(probabilities[row][label]);
  }
  const auto count = static_cast<double>(probabilities.size());
  return {100 * right / count, loss / count};
}

}  // namespace

TEST_CASE("logits written by eval have the metrics that it prints", "[commands]") {
  const ScratchFolder folder;
  const std::string run = small_run(folder, "run");
  const std::string file = folder / "logits.safetensors";
  const json metrics = metrics_of({"eval", run, "--logits", file, "--json"}).front();
  const auto content = read_safetensors(file);
  const auto& labels = content.tensors.at("labels");
  REQUIRE(labels.sizes() == at::IntArrayRef({30}));
  CHECK(content.tensors.size() == 3);  // a synthetic image has no name
  for (const std::string prediction : {"single", "aggregated"}) {
    auto rows = rows_of(content.tensors.at("logits." + prediction));
    for (auto& row : rows) row = softmax(row);
    const auto [accuracy, loss] = scores_of(rows, labels);
    CHECK(metrics.at(prediction + ".accuracy") == accuracy);
    CHECK(metrics.at(prediction + ".loss").get<double>() == Approx(loss).epsilon(1e-5));
  }
  const auto of = [&](const char* key) { return json::parse(content.metadata.at(key)); };
  CHECK(of("sources") == json{run});
  CHECK(of("split") == "test");
  CHECK(of("class_names").size() == 10);
  CHECK(of("trials") == 0);
}

TEST_CASE("an empty split has no metrics", "[commands]") {
  const ScratchFolder folder;
  const std::string run =
      small_run(folder, "run", {"--set", "dataset.validation=0", "--set", "training.select=last"});
  check_refused({"eval", run, "--split", "validation"}, "the validation split of " + run);
}

TEST_CASE("logits of photographs come with the names of their files", "[commands]") {
  const tests::EmptyPictureFolder photos;
  uint8_t red = 0;
  for (const char* name : {"train/a/1.png", "train/b/2.png", "val/a/3.png", "test/a/left.png",
                           "test/b/right, longer.png"}) {
    photos.picture(name, 8, 8, {red += 40, 100, 0});  // no two alike
  }
  const ScratchFolder folder;
  const std::string run =
      small_run(folder, "run",
                {"--set",
                 "dataset={plugin=\"image_folder\",root=\"" + photos.folder.path().string() +
                     "\",size=8,resize=8}",
                 "--set", "evaluation.batch_size=1", "--set", "training.batch_size=2"});
  const std::string file = folder / "logits.safetensors";
  metrics_of({"eval", run, "--logits", file, "--json"});
  const auto content = read_safetensors(file);
  CHECK(sla::unpack_names(content.tensors.at("names")) ==
        std::vector<std::string>{"test/a/left.png", "test/b/right, longer.png"});
  CHECK(content.tensors.at("labels")[1].item<int64_t>() == 1);
}

TEST_CASE("an ensemble averages its members' probabilities", "[commands]") {
  const ScratchFolder folder;
  const std::string first = small_run(folder, "first");
  // How many images are scored at a time makes no difference.
  const std::string second =
      small_run(folder, "second", {"--set", "seed=7", "--set", "evaluation.batch_size=7"});
  const std::string file = folder / "both.safetensors";
  const auto metrics =
      metrics_of({"eval", first, second, "--ensemble", "--logits", file, "--json"});
  REQUIRE(metrics.size() == 3);
  metrics_of({"eval", first, "--logits", folder / "1.safetensors", "--json"});
  metrics_of({"eval", second, "--logits", folder / "2.safetensors", "--json"});
  const auto one = read_safetensors(folder / "1.safetensors");
  const auto two = read_safetensors(folder / "2.safetensors");
  const auto both = read_safetensors(file);
  for (const std::string prediction : {"single", "aggregated"}) {
    const auto a = rows_of(one.tensors.at("logits." + prediction));
    const auto b = rows_of(two.tensors.at("logits." + prediction));
    const auto written = rows_of(both.tensors.at("logits." + prediction));
    std::vector<std::vector<double>> mean;
    for (size_t row = 0; row < a.size(); ++row) {
      const auto p = softmax(a[row]);
      const auto q = softmax(b[row]);
      mean.emplace_back();
      for (size_t c = 0; c < p.size(); ++c) {
        mean.back().push_back((p[c] + q[c]) / 2);
        CHECK(std::exp(written[row][c]) == Approx(mean.back()[c]).epsilon(1e-9));
      }
    }
    const auto [accuracy, loss] = scores_of(mean, one.tensors.at("labels"));
    CHECK(metrics[2].at(prediction + ".accuracy") == accuracy);
    CHECK(metrics[2].at(prediction + ".loss").get<double>() == Approx(loss).epsilon(1e-9));
  }
  CHECK(json::parse(both.metadata.at("sources")) == json{first, second});

  SECTION("of runs that score the same images of the same classes alike") {
    check_refused({"eval", first, "--ensemble"}, "needs two runs or more");
    check_refused({"eval", first, second, "--logits", file}, "name one run, or score several");
    check_refused(
        {"eval", first, small_run(folder, "five", {"--set", "dataset.classes=5"}), "--ensemble"},
        "was trained on other classes");
    check_refused(
        {"eval", first, small_run(folder, "plain", {"--profile", "baseline"}), "--ensemble"},
        "their transformations differ");
    check_refused(
        {"eval", first, small_run(folder, "small", {"--set", "dataset.test=20"}), "--ensemble"},
        "they are scored on different images");
    // Of the same labels.
    check_refused(
        {"eval", first, small_run(folder, "noisy", {"--set", "dataset.noise=0.3"}), "--ensemble"},
        "they are scored on different images");
  }
}
