#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <filesystem>
#include <fstream>

#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/empty_cache.h"
#include "tests/support/picture_folder.h"
#include "tests/support/scratch_folder.h"

namespace {

using sla::Split;
using tests::PictureFolder;
using tests::ScratchFolder;

host::plugin::Dataset load(const PictureFolder& files) {
  return tests::assembly_of(
             "objective.plugin = 'baseline'\n[dataset]\nplugin = 'image_folder'\n"
             "size = 16\nroot = '" +
             files.folder.path().string() + "'\n")
      .dataset;
}

}  // namespace

TEST_CASE("listed images become planes of one size, with their classes", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  for (int pass = 0; pass < 2; ++pass) {
    const auto dataset = load(files);
    CHECK(dataset.object()->class_names() == std::vector<std::string>{"a", "b", "c", "d"});
    CHECK(dataset.object()->labels(Split::train).equal(at::tensor({0, 1, 0}, at::kLong)));
    CHECK(dataset.object()->labels(Split::validation).equal(at::tensor({2}, at::kLong)));
    CHECK(dataset.object()->labels(Split::test).equal(at::tensor({3}, at::kLong)));
    const auto batch = dataset.object()->batch(
        sla::Request::plain(Split::train, at::tensor({2, 1, 0}, at::kLong)));
    REQUIRE(batch.images.sizes() == at::IntArrayRef({3, 3, 16, 16}));
    CHECK(batch.labels.equal(at::tensor({0, 1, 0}, at::kLong)));
    const auto is = [](const at::Tensor& image, const std::vector<int64_t>& colour, int64_t by) {
      const auto expected = at::tensor(colour, at::kLong).view({3, 1, 1});
      return (image.to(at::kLong) - expected).abs().max().item<int64_t>() <= by;
    };
    CHECK(is(batch.images[0], {250, 0, 0}, 0));
    CHECK(is(batch.images[1], {0, 200, 0}, 2));  // JPEG is lossy
    CHECK(is(batch.images[2], {255, 0, 0}, 0));
    const auto one = at::arange(1, at::kLong);
    CHECK(is(dataset.object()->batch(sla::Request::plain(Split::validation, one)).images[0],
             {1, 2, 3}, 0));
    CHECK(
        is(dataset.object()->batch(sla::Request::plain(Split::test, one)).images[0], {9, 9, 9}, 0));
  }
}

TEST_CASE("images are decoded once, and again if an image or the store changes", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  const auto first_pixel = [&] {
    const auto batch =
        load(files).object()->batch(sla::Request::plain(Split::train, at::arange(1, at::kLong)));
    return batch.images[0][0][0][0].item<int64_t>();
  };
  const auto stores = [&] {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(cache.path() / "image_folder")) {
      found.push_back(entry.path());
    }
    return found;
  };
  CHECK(first_pixel() == 255);
  REQUIRE(stores().size() == 1);
  // The store's content is what is read.
  std::fstream(stores().front(), std::ios::in | std::ios::out | std::ios::binary) << '\x11';
  CHECK(first_pixel() == 0x11);
  // A store of another length is not trusted.
  std::filesystem::resize_file(stores().front(), 1000);
  CHECK(first_pixel() == 255);
  files.picture("images/a0.png", 9, 9, {77, 0, 0});
  CHECK(first_pixel() == 77);
  // An image that cannot be decoded leaves nothing behind.
  const auto before = stores();
  files.folder.write("images/a0.png", "no picture at all");
  CHECK_THROWS_WITH(load(files), ContainsSubstring("cannot decode "));
  CHECK(stores() == before);
}

TEST_CASE("without class lists episodes keep the classes of the source's splits", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  std::map<std::string, std::string> lines;
  for (const std::string name : {"train0", "train1", "val0", "val1", "test0", "test1"}) {
    const std::string split = name.substr(0, name.size() - 1);
    for (const std::string number : {"a", "b"}) {
      files.picture("images/" + name + number + ".png", 4, 4, {5, 5, 5});
      lines[split] += name + number + ".png," + name + "\n";
    }
  }
  for (const auto& [split, text] : lines) files.list(split + ".csv", text);
  const auto assembly = tests::assembly_of(
      "objective = { plugin = 'few_shot', component = 'prototypical' }\n[dataset]\n"
      "plugin = 'episodes'\nway = 2\nshot = 1\nquery = 1\nevaluation_way = 2\n"
      "evaluation_shot = 1\nevaluation_query = 1\n[dataset.source]\nplugin = 'image_folder'\n"
      "size = 16\nroot = '" +
      files.folder.path().string() + "'\n");
  const auto& dataset = *assembly.dataset.object();
  CHECK(dataset.class_names() ==
        std::vector<std::string>{"train0", "train1", "val0", "val1", "test0", "test1"});
  CHECK(dataset.labels(Split::train).equal(at::tensor({0, 0, 1, 1}, at::kLong)));
  CHECK(dataset.labels(Split::validation).equal(at::tensor({2, 2, 3, 3}, at::kLong)));
  CHECK(dataset.labels(Split::test).equal(at::tensor({4, 4, 5, 5}, at::kLong)));
}

TEST_CASE("scaling keeps left and right, top and bottom", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  // 2x2 pixels: red, green / blue, white, scaled to 16x16; the centres of the quarters keep them.
  const std::vector<uint8_t> pixels{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};
  stbi_write_png((files.folder / "images/d0.png").c_str(), 2, 2, 3, pixels.data(), 0);
  const auto image = load(files)
                         .object()
                         ->batch(sla::Request::plain(Split::test, at::arange(1, at::kLong)))
                         .images[0];
  const auto colour = [&](int64_t y, int64_t x) {
    return std::vector<bool>{image[0][y][x].item<int64_t>() > 128,
                             image[1][y][x].item<int64_t>() > 128,
                             image[2][y][x].item<int64_t>() > 128};
  };
  CHECK(colour(2, 2) == std::vector<bool>{true, false, false});
  CHECK(colour(2, 13) == std::vector<bool>{false, true, false});
  CHECK(colour(13, 2) == std::vector<bool>{false, false, true});
  CHECK(colour(13, 13) == std::vector<bool>{true, true, true});
}

TEST_CASE("classes are numbered by name, whatever the order of the lists", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  files.list("train.csv", "b0.jpg,b\na1.png,a\na0.png,a\n");
  const auto dataset = load(files);
  CHECK(dataset.object()->class_names() == std::vector<std::string>{"a", "b", "c", "d"});
  CHECK(dataset.object()->labels(Split::train).equal(at::tensor({1, 0, 0}, at::kLong)));
}

TEST_CASE("split lists are read as people and programs write them", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  const std::string list = GENERATE(as<std::string>(),                                      //
                                    "filename, label\na0.png, a\n b0.jpg ,b \na1.png,a\n",  //
                                    "\xef\xbb\xbf"
                                    "Image;Class\r\na0.png;a\r\nb0.jpg;b\r\na1.png;a\r\n",
                                    "path\tlabel_name\na0.png\ta\nb0.jpg\tb\na1.png\ta\n",
                                    "\"a0.png\",\"a\"\n\"b0.jpg\",\"b\"\n\"a1.png\",\"a\"\n",
                                    "a0.png a\nb0.jpg b\n\na1.png a");
  files.folder.write("train.csv", list);
  CHECK(load(files).object()->class_names() == std::vector<std::string>{"a", "b", "c", "d"});
  files.folder.write("train.csv", "\"a0.png\",\"say \"\"a\"\", b\"\na1.png,b\n");
  CHECK(load(files).object()->class_names().back() == "say \"a\", b");
}

TEST_CASE("damaged images are errors that name the file", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  const auto [name, at, reason] = GENERATE(table<std::string, int, std::string>(
      {{"a0.png", 45, "cannot decode"}, {"b0.jpg", -40, "Premature end"}, {"a1.png", -20, "end"}}));
  std::string content = tests::content_of(files.folder / ("images/" + name));
  if (at > 0)
    content[static_cast<size_t>(at)] ^= 1;
  else
    content = content.substr(0, content.size() - static_cast<size_t>(-at));
  files.folder.write("images/" + name, content);
  CHECK_THROWS_WITH(load(files), ContainsSubstring("images/" + name) && ContainsSubstring(reason));
  files.folder.write("images/" + name, "");
  CHECK_THROWS_WITH(load(files),
                    ContainsSubstring("images/" + name) && ContainsSubstring("the file is empty"));
}

TEST_CASE("split lists that do not match the images are errors with a line", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  const auto refused = [&](const std::string& lines, const std::string& reason) {
    files.list("val.csv", lines);
    CHECK_THROWS_WITH(load(files), ContainsSubstring(reason));
  };
  refused("c0.bmp,c\nmissing.png,c\n", "val.csv:3: no file 'missing.png' in ");
  refused("a1.png,a\n", "a1.png is listed already, in ");
  refused("c0.bmp\n", "val.csv:2: expected 'filename,label', found 'c0.bmp'");
  files.folder.write("images/c/c0.bmp", "no picture at all");
  refused("c0.bmp,c\n", "cannot decode ");
  std::filesystem::remove(files.folder / "val.csv");
  CHECK_THROWS_WITH(load(files), ContainsSubstring("cannot open split list "));
  std::filesystem::remove_all(files.folder / "images");
  CHECK_THROWS_WITH(load(files), ContainsSubstring("no folder "));
}

TEST_CASE("truncating decoded images while they are used is an error", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  const auto dataset = load(files);
  const auto store = *std::filesystem::directory_iterator(cache.path() / "image_folder");
  const auto all = at::arange(3, at::kLong);
  CHECK_NOTHROW(dataset.object()->batch(sla::Request::plain(Split::train, all)));
  std::filesystem::resize_file(store, 100);
  CHECK_THROWS_WITH(dataset.object()->batch(sla::Request::plain(Split::train, all)),
                    ContainsSubstring("cannot read the decoded images in " + store.path().string() +
                                      ": it was cut short; delete the file"));
  CHECK(load(files).object()->batch(sla::Request::plain(Split::train, all)).images.size(0) == 3);
}
