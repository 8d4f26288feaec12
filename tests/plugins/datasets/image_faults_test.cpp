#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "host/run/run_comparison.h"
#include "host/storage/checkpoint.h"
#include "host/terminal/signals.h"
#include "host/training/trainer.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/empty_cache.h"
#include "tests/support/faulty.h"
#include "tests/support/host_program.h"
#include "tests/support/picture_folder.h"
#include "tests/support/scratch_folder.h"

namespace {

namespace fs = std::filesystem;
using host::storage::RunDirectory;
using host::training::train;
using sla::Split;

/// Class folders a and b with five images each.
struct ClassFolders : tests::EmptyPictureFolder {
  ClassFolders() {
    for (const std::string name : {"a", "b"}) {
      for (int i = 0; i < 5; ++i) {
        const auto shade = static_cast<uint8_t>(10 * i);
        picture("train/" + name + "/" + std::to_string(i) + ".png", 9, 9, {shade, 0, 0});
      }
    }
  }
};

/// The table of an experiment.
std::string dataset_of(const tests::ScratchFolder& folder, const std::string& parameters = "") {
  return "[dataset]\nplugin = 'image_folder'\nheld_out_validation = 0\nheld_out_test = 0\n"
         "size = 8\nresize = 8\nroot = '" +
         folder.path().string() + "'\n" + parameters;
}

host::plugin::Dataset load(const tests::ScratchFolder& folder, const std::string& parameters = "") {
  return tests::assembly_of("objective.plugin = 'baseline'\n" + dataset_of(folder, parameters))
      .dataset;
}

at::Tensor all_images(const host::plugin::Dataset& dataset) {
  return dataset.object()
      ->batch(sla::Request::plain(Split::train, at::arange(dataset.size(Split::train), at::kLong)))
      .images;
}

/// What `work` writes to the log.
template <typename Work>
std::string log_of(Work&& work) {
  std::ostringstream text;
  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
  work();
  spdlog::set_default_logger(before);
  return text.str();
}

/// A PNG whose header claims 100000 x 100000 pixels, of which it has none.
const std::string kHugePng(
    "\x89PNG\r\n\x1a\n"
    "\0\0\0\x0dIHDR\0\x01\x86\xa0\0\x01\x86\xa0\x08\x02\0\0\0\x27\x30\x9c\x9f"
    "\0\0\0\0IDAT\x35\xaf\x06\x1e",
    45);

const std::string kSkip = "unreadable = 'skip'\n";

/// Makes all folders look as if they had not changed since one hour before the tests.
void age(const fs::path& root) {
  static const auto then = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(root, then);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_directory()) fs::last_write_time(entry, then);
  }
}

}  // namespace

TEST_CASE("files that are no images are errors when they are used, or left out", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  const std::string image = tests::content_of(files.folder / "train/a/0.png");
  std::string damaged = image;
  damaged[45] = static_cast<char>(damaged[45] ^ 1);
  const auto [content, reason] = GENERATE_COPY(table<std::string, std::string>(
      {{"no image at all",
        "unknown image type; it is damaged, or no JPEG, PNG, WebP, BMP, GIF, PGM or PPM file"},
       {image.substr(0, image.size() - 20), "PNG: the data end early"},
       {damaged, "PNG: "},
       {"P6\n20000 20000\n255\n", "it claims to have 20000 x 20000 pixels; images may have "},
       {kHugePng, "it claims to have 100000 x 100000 pixels; images may have 178956970 at most"},
       {std::string("\xff\xd8\xff\xe0\0\x10JFIF", 11), "JPEG: "},
       {std::string("RIFF\x10\0\0\0WEBPVP8 ", 16), "the WebP header is damaged"}}));
  files.folder.write("train/a/3.png", content);
  const auto dataset = load(files.folder);
  CHECK_THROWS_WITH(all_images(dataset),
                    ContainsSubstring("cannot decode " + (files.folder / "train/a/3.png").string() +
                                      ": " + reason));
  const std::string log = log_of([&] {
    const auto rest = load(files.folder, kSkip);
    CHECK(rest.size(Split::train) == 9);
    CHECK(all_images(rest).size(0) == 9);
  });
  CHECK_THAT(log, ContainsSubstring("left out 1 files that cannot be used") &&
                      ContainsSubstring("train/a/3.png"));
}

TEST_CASE("a photograph that is cut short is an error that names it", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  files.picture("train/b/9.jpg", 200, 200, {7, 80, 200});
  const std::string content = tests::content_of(files.folder / "train/b/9.jpg");
  files.folder.write("train/b/9.jpg", content.substr(0, content.size() * 2 / 3));
  CHECK_THROWS_WITH(all_images(load(files.folder)),
                    ContainsSubstring("train/b/9.jpg: JPEG: Premature end of JPEG file"));
  CHECK(load(files.folder, kSkip).size(Split::train) == 10);
}

TEST_CASE("a photograph that is cut short below the crop is an error, too", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  files.picture("train/b/9.jpg", 100, 800, {7, 80, 200});
  const std::string content = tests::content_of(files.folder / "train/b/9.jpg");
  files.folder.write("train/b/9.jpg", content.substr(0, content.size() - 100));
  CHECK_THROWS_WITH(all_images(load(files.folder)),
                    ContainsSubstring("train/b/9.jpg: JPEG: the data end early"));
  // What cameras append is harmless.
  files.folder.write("train/b/9.jpg", content + std::string(100, '\0'));
  CHECK(all_images(load(files.folder)).size(0) == 11);
  const std::string webp =
      tests::content_of(SLA_SOURCE_DIRECTORY "/tests/plugins/datasets/image_files/lossy.webp");
  files.folder.write("train/b/9.jpg", webp.substr(0, webp.size() - 20));
  CHECK_THROWS_WITH(all_images(load(files.folder)),
                    ContainsSubstring("train/b/9.jpg: the WebP data are damaged or end early"));
}

TEST_CASE("a folder that links lead to again counts once", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  fs::create_directory_symlink(".", files.folder / "train/a/self");
  fs::create_directory_symlink("../a", files.folder / "train/a/again");
  std::string log;
  log = log_of([&] { CHECK(load(files.folder).size(Split::train) == 10); });
  CHECK_THAT(log, ContainsSubstring("train/a/self was read already under another name"));
}

TEST_CASE("names that no run could record are found at the start", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  fs::rename(files.folder / "train/b", files.folder / "train/caf\xe9");
  CHECK_THROWS_WITH(load(files.folder), ContainsSubstring("', which is not UTF-8; expected"));
  fs::rename(files.folder / "train/caf\xe9", files.folder / "train/b");
  const fs::path folder = files.folder / "fold\xe9";
  fs::rename(files.folder / "train", folder);
  files.folder.write("x.toml", "objective.plugin = 'baseline'\nmodel.plugin = 'conv4'\n" +
                                   dataset_of(files.folder));
  const auto checked =
      tests::run_program("cd '" + folder.string() +
                         "' && " SLA_HOST_PROGRAM
                         " check ../x.toml --set dataset.root=. --set training.total_iterations=2 "
                         "--set training.validate_every_iterations=2");
  CHECK(checked.status == 2);
  CHECK_THAT(checked.output, ContainsSubstring("dataset.root = ") &&
                                 ContainsSubstring("is not UTF-8, as the run's experiment.toml"));
}

TEST_CASE("files that cannot be images are found at the start", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  const auto found = [&](const std::string& reason) {
    CHECK_THROWS_WITH(load(files.folder),
                      ContainsSubstring(reason) && ContainsSubstring("unreadable = \"skip\""));
    CHECK(load(files.folder, kSkip).size(Split::train) == 10);
  };
  SECTION("empty") {
    files.folder.write("train/a/empty.png", "");
    found("train/a/empty.png: the file is empty");
  }
  SECTION("a link to nothing") {
    fs::create_symlink("nowhere.png", files.folder / "train/a/link.png");
    found("train/a/link.png: No such file or directory");
  }
  SECTION("TIFF") {
    files.folder.write("train/a/scan.tif", "II*");
    found("train/a/scan.tif: TIFF is not supported; convert it");
  }
}

TEST_CASE("a file that disappears during training is an error that names it", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  const auto dataset = load(files.folder);
  CHECK(all_images(dataset).size(0) == 10);
  fs::remove(files.folder / "train/b/2.png");
  CHECK_THROWS_WITH(all_images(dataset), ContainsSubstring("cannot read ") &&
                                             ContainsSubstring("train/b/2.png: No such file"));
}

TEST_CASE("a file that is damaged during training loses no iteration", "[datasets]") {
  host::terminal::watch_signals();
  const tests::EmptyCache cache;
  const ClassFolders files;
  files.picture("val/a/0.png", 9, 9, {0, 0, 1});
  files.picture("test/b/0.png", 9, 9, {0, 0, 2});
  const tests::ScratchFolder runs;
  const std::string experiment = tests::faulty_experiment("throw", 1000) +
                                 "[training]\ntotal_iterations = 30\n"
                                 "validate_every_iterations = 30\nbatch_size = 2\n";
  const auto assembly = [&] { return tests::assembly_of(experiment + dataset_of(files.folder)); };
  const RunDirectory straight(runs / "straight");
  CHECK(train(assembly(), straight).finished);

  const RunDirectory run(runs / "run");
  const auto interrupted = assembly();
  train(interrupted, run, /*stop_after=*/4);
  const std::string whole = tests::content_of(files.folder / "train/b/2.png");
  files.folder.write("train/b/2.png", "");
  CHECK_THROWS_WITH(train(interrupted, run), ContainsSubstring("train/b/2.png: the file is empty"));
  const auto saved = host::storage::read_checkpoint(run.last_checkpoint());
  CHECK(nlohmann::json::parse(saved.metadata.at("state")).at("iteration") > 4);
  files.folder.write("train/b/2.png", whole);
  CHECK(train(assembly(), run).finished);
  CHECK(host::run::compare_runs(straight, run).differences == std::vector<std::string>{});
}

TEST_CASE("folders that cannot be used are errors", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  const auto refused = [&](const std::string& reason) {
    CHECK_THROWS_WITH(load(files.folder), ContainsSubstring(reason));
  };
  SECTION("one class") {
    fs::remove_all(files.folder / "train/b");
    refused("all images are of one class, 'a'; classification needs two or more");
  }
  SECTION("no images") {
    fs::remove_all(files.folder / "train");
    refused("found nothing");
  }
  SECTION("a class that training lacks") {
    files.picture("val/c/0.png", 4, 4, {0, 0, 0});
    refused("class 'c' of validation (val/c/0.png) has no training image");
  }
  SECTION("a folder that is not there") {
    fs::remove_all(files.folder.path());
    refused("cannot read folder " + files.folder.path().string() + ": No such file or directory");
  }
  SECTION("a file instead") {
    fs::remove_all(files.folder.path());
    std::ofstream(files.folder.path()) << "a file";
    refused("cannot read folder " + files.folder.path().string() + ": Not a directory");
  }
  SECTION("a folder that may not be read") {
    if (geteuid() == 0) return;  // nothing is forbidden to root
    fs::permissions(files.folder / "train/b", fs::perms::none);
    refused("cannot read folder " + (files.folder / "train/b").string() + ": Permission denied");
    fs::permissions(files.folder / "train/b", fs::perms::owner_all);
  }
}

TEST_CASE("class folders without images are no classes, which the log says", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  files.folder.write("train/c/readme.txt", "nothing yet");
  const std::string log = log_of([&] {
    CHECK(load(files.folder).class_names() == std::vector<std::string>{"a", "b"});
  });
  CHECK_THAT(log, ContainsSubstring("class folder " + (files.folder / "train/c").string() +
                                    " holds no images") &&
                      ContainsSubstring("ignored 1 .txt files"));
}

TEST_CASE("split lists that do not match the images are errors with a line", "[datasets]") {
  const tests::EmptyCache cache;
  const tests::PictureFolder files;
  const auto refused = [&](const std::string& lines, const std::string& reason) {
    files.list("val.csv", lines);
    CHECK_THROWS_WITH(load(files.folder, "disjoint_classes = true\n"), ContainsSubstring(reason));
  };
  refused("c0.bmp,c\nmissing.png,c\n", "val.csv:3: no file 'missing.png' in ");
  refused("a1.png,a\n", "images/a1.png is listed twice, for training and for validation");
  refused("c0.bmp,c\nc0.bmp,c\n", "is listed twice, for validation and for validation");
  refused("c0.bmp\n", "val.csv:2: expected 'filename,label', found 'c0.bmp'");
  files.picture("images/c0.bmp", 4, 4, {0, 0, 0});
  refused("c0.bmp,c\n",
          "val.csv:2: 'c0.bmp' could be images/c0.bmp or images/c/c0.bmp; give its path from the "
          "root, or move one");
  files.list("val.csv", "images/c/c0.bmp,c\n");
  CHECK(load(files.folder, "disjoint_classes = true\n").size(Split::validation) == 1);
}

TEST_CASE("the list of files is kept until a folder or list changes", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  const auto size = [&] { return load(files.folder).size(Split::train); };
  CHECK(size() == 10);  // not kept: the folders are new
  age(files.folder.path());
  CHECK(size() == 10);
  // The list is kept: a new file goes unnoticed if its folder's time does not tell.
  files.picture("train/a/new.png", 4, 4, {1, 1, 1});
  age(files.folder.path());
  CHECK(size() == 10);
  const auto kept = [&] { return fs::directory_iterator(cache.path() / "image_folder")->path(); }();
  const std::string content = tests::content_of(kept);
  SECTION("a changed folder") {
    fs::last_write_time(files.folder / "train/a", fs::file_time_type::clock::now());
    CHECK(size() == 11);
  }
  SECTION("a damaged list") {
    std::string damaged = content;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
    cache.folder().write("image_folder/" + kept.filename().string(), damaged);
    CHECK(size() == 11);
  }
  SECTION("a list cut short") {
    fs::resize_file(kept, content.size() / 2);
    CHECK(size() == 11);
  }
  SECTION("another seed") {
    CHECK(load(files.folder, "split_seed = 1\n").size(Split::train) == 11);
  }
}

TEST_CASE("a moved folder is the same data, another file is not", "[datasets]") {
  const tests::EmptyCache cache;
  const ClassFolders files;
  const tests::ScratchFolder copy;
  fs::copy(files.folder.path(), copy.path(), fs::copy_options::recursive);
  const auto facts = load(files.folder).provenance();
  CHECK(load(copy).provenance() == facts);
  files.picture("train/a/3.png", 30, 20, {1, 2, 3});
  CHECK(load(files.folder).provenance() != facts);
}
