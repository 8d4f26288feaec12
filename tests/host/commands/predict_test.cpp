#include <stb/stb_image_write.h>
#include <sys/stat.h>

#include <ATen/ops/empty.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/host_program.h"
#include "tests/support/picture_folder.h"
#include "tests/support/small_runs.h"

using tests::check_refused;
using tests::rows_of;
using tests::run_host;
using tests::ScratchFolder;
using tests::small_run;
using tests::softmax;
using tests::test_logits;

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// What predict prints as JSON.
json predicted(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "predict");
  arguments.push_back("--json");
  const auto finished = run_host(arguments);
  INFO(finished.output);
  REQUIRE(finished.status == 0);
  const auto begin = finished.output.find("[\n");
  return json::parse(finished.output.substr(begin, finished.output.rfind(']') + 1 - begin));
}

/// Writes the test images of the small runs as PNG files 0.png, 1.png, ... of a folder.
void write_test_images(const fs::path& folder, int count) {
  fs::create_directories(folder);
  const auto assembly =
      tests::assembly_of("objective.plugin = 'baseline'\ndataset.train = 64\ndataset.test = 30\n");
  for (int i = 0; i < count; ++i) {
    const auto batch = assembly.dataset.batch(
        sla::Request::plain(sla::Split::test, at::empty({1}, at::kLong).fill_(i)));
    const at::Tensor rgb = batch.images[0].permute({1, 2, 0}).contiguous();
    REQUIRE(rgb.scalar_type() == at::kByte);
    stbi_write_png((folder / (std::to_string(i) + ".png")).c_str(), 32, 32, 3, rgb.data_ptr(), 0);
  }
}

}  // namespace

TEST_CASE("files of a dataset's images are predicted as eval predicts them", "[commands]") {
  const ScratchFolder folder;
  const std::string run = small_run(folder, "run");
  write_test_images(folder / "images", 9);
  const auto logits = rows_of(test_logits(folder, run, "single"));
  const auto names =
      json::parse(
          host::storage::read_safetensors(folder / "logits.safetensors").metadata.at("class_names"))
          .get<std::vector<std::string>>();
  const json found = predicted({run, folder / "images", "--prediction", "single", "--top", "10"});
  REQUIRE(found.size() == 9);
  for (size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].at("image") == (folder / "images" / (std::to_string(i) + ".png")).string());
    const auto expected = softmax(logits[i]);
    double before = 1;
    REQUIRE(found[i].at("classes").size() == 10);
    for (const json& one : found[i].at("classes")) {
      const std::string name = one.at("class");
      const auto number = std::find(names.begin(), names.end(), name) - names.begin();
      REQUIRE(number < std::ssize(names));
      const double probability = one.at("probability");
      CHECK(probability == Approx(expected[static_cast<size_t>(number)]).epsilon(1e-4));
      CHECK(probability <= before);
      before = probability;
    }
  }

  SECTION("a temperature divides the logits") {
    auto row = logits[0];
    for (double& logit : row) logit /= 2.5;
    const json warm =
        predicted({run, folder / "images/0.png", "--prediction", "single", "--temperature", "2.5"});
    const double most = warm[0].at("classes")[0].at("probability");
    const auto expected = softmax(row);
    CHECK(most == Approx(*std::max_element(expected.begin(), expected.end())).epsilon(1e-4));
    CHECK_THAT(
        run_host({"predict", run, folder / "images/0.png", "--temperature", "validation"}).output,
        ContainsSubstring("fitted on 20 validation images"));
    check_refused({"predict", run, folder / "images/0.png", "--temperature", "-1"},
                  "must be a number from 1e-6 to 1e6, or 'validation'");
  }
  SECTION("as a table and as comma-separated values") {
    const auto table = run_host({"predict", run, folder / "images/3.png", "--top", "2"});
    CHECK_THAT(table.output, ContainsSubstring("images/3.png  stripes") &&
                                 ContainsSubstring(" %  stripes") &&
                                 ContainsSubstring("is scaled to 32 x 32 pixels"));
    const auto csv = run_host({"predict", run, folder / "images/3.png", "--top", "1", "--csv"});
    CHECK_THAT(csv.output, ContainsSubstring("image,class_1,probability_1\n") &&
                               ContainsSubstring("images/3.png,stripes"));
  }
  SECTION("damaged files are named, the others predicted") {
    const std::string whole = tests::content_of(folder / "images/1.png");
    const auto damaged = folder.write("images/10.png", whole.substr(0, whole.size() / 2));
    folder.write("images/empty.jpg", "");
    folder.write("images/notes.txt", "not an image");
    const auto finished = run_host({"predict", run, folder / "images", "--csv"});
    CHECK(finished.status == 4);
    CHECK(std::count(finished.output.begin(), finished.output.end(), '\n') >= 10);
    CHECK_THAT(finished.output,
               ContainsSubstring("cannot decode " + damaged.string()) &&
                   ContainsSubstring("empty.jpg: the file is empty") &&
                   ContainsSubstring("2 of 11 files could not be read") &&
                   ContainsSubstring("files left out because of their extensions: 1") &&
                   ContainsSubstring("8.png,stripes"));
  }
  SECTION("links are followed, but not in circles; pipes are not read") {
    fs::create_directory_symlink(folder / "images", folder / "images/again");
    const auto finished = run_host({"predict", run, folder / "images"});
    CHECK(finished.status == 0);
    CHECK_THAT(finished.output, ContainsSubstring("again was entered already"));
    const std::string pipe = folder / "images/pipe.png";
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    CHECK_THAT(run_host({"predict", run, folder / "images"}).output,
               ContainsSubstring("pipe.png is no regular file; skipped"));
    check_refused({"predict", run, pipe}, "is neither a regular file nor a folder");
    check_refused({"predict", run, folder / "missing.png"}, "there is no file or folder");
    fs::create_directory(folder / "nothing");
    check_refused({"predict", run, folder / "nothing"}, "no images to predict");
  }
  SECTION("weights that do not fit are refused") {
    check_refused({"predict", run, folder / "images/0.png", "--prediction", "agregated"},
                  "did you mean 'aggregated'?");
    check_refused({"predict", run, folder / "images/0.png", "--set", "dataset.classes=5"},
                  "was trained on other classes");
    fs::create_directory(folder / "empty_run");
    check_refused({"predict", folder / "empty_run", folder / "images/0.png"}, "best.ckpt");
  }
}

TEST_CASE("photographs are predicted in the view in which a run evaluates them", "[commands]") {
  const tests::EmptyPictureFolder photos;
  uint8_t red = 0;
  for (const char* name : {"train/ant/1.png", "train/bee/2.png", "val/ant/3.png", "test/ant/4.png",
                           "test/bee/5.jpg"}) {
    photos.picture(name, 40, 24, {red += 40, 90, 10});  // no two alike
  }
  const ScratchFolder folder;
  const std::string root = photos.folder.path();
  const std::string run = small_run(
      folder, "run",
      {"--set", "dataset={plugin=\"image_folder\",root=\"" + root + "\",size=16,resize=20}",
       "--set", "training.batch_size=2"});
  const auto logits = rows_of(test_logits(folder, run, "aggregated"));
  const json found = predicted({run, root + "/test"});
  REQUIRE(found.size() == 2);
  for (size_t i = 0; i < 2; ++i) {
    const auto expected = softmax(logits[i]);
    const auto& best = found[i].at("classes")[0];
    const size_t number = best.at("class") == "ant" ? 0 : 1;
    CHECK(best.at("probability").get<double>() == Approx(expected[number]).epsilon(1e-4));
    CHECK(expected[number] >= 0.5);
  }
}
