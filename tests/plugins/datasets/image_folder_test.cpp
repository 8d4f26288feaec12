#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/empty_cache.h"
#include "tests/support/picture_folder.h"
#include "tests/support/scratch_folder.h"

namespace {

using sla::Split;
using tests::PictureFolder;
using Labels = std::vector<int64_t>;
using Names = std::vector<std::string>;

host::plugin::Dataset load_photos(const tests::ScratchFolder& folder,
                                  const std::string& parameters = "") {
  return tests::assembly_of(
             "objective.plugin = 'baseline'\n[dataset]\nplugin = 'image_folder'\n"
             "size = 16\nresize = 16\nroot = '" +
             folder.path().string() + "'\n" + parameters)
      .dataset;
}

const std::string kDisjoint = "disjoint_classes = true\n";

Labels labels(const host::plugin::Dataset& dataset, Split split) {
  const auto& tensor = dataset.labels(split);
  return {tensor.data_ptr<int64_t>(), tensor.data_ptr<int64_t>() + tensor.numel()};
}

at::Tensor photograph(const host::plugin::Dataset& dataset, Split split, int64_t index) {
  return dataset.object()
      ->batch(sla::Request::plain(split, at::tensor({index}, at::kLong)))
      .images[0];
}

/// The red of the first pixel, by which the tests tell images apart.
int64_t red(const host::plugin::Dataset& dataset, Split split, int64_t index) {
  return photograph(dataset, split, index)[0][0][0].item<int64_t>();
}

std::vector<int64_t> reds(const host::plugin::Dataset& dataset, Split split) {
  std::vector<int64_t> all;
  for (int64_t i = 0; i < dataset.size(split); ++i) all.push_back(red(dataset, split, i));
  return all;
}

/// Writes `count` images into a folder of a class, of red `first`, `first` + 1, ...
void fill(const PictureFolder& files, const std::string& folder, int count, uint8_t first) {
  for (int i = 0; i < count; ++i) {
    const auto shade = static_cast<uint8_t>(first + i);
    files.picture(folder + "/" + std::to_string(100 + i) + ".png", 4, 4, {shade, 0, 0});
  }
}

}  // namespace

TEST_CASE("listed images become planes of one size, with their classes", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  const auto dataset = load_photos(files.folder, kDisjoint);
  CHECK(dataset.class_names() == Names{"a", "b", "c", "d"});
  CHECK(labels(dataset, Split::train) == Labels{0, 1, 0});
  CHECK(labels(dataset, Split::validation) == Labels{2});
  CHECK(labels(dataset, Split::test) == Labels{3});
  const auto batch =
      dataset.object()->batch(sla::Request::plain(Split::train, at::tensor({2, 1, 0}, at::kLong)));
  REQUIRE(batch.images.sizes() == at::IntArrayRef({3, 3, 16, 16}));
  CHECK(batch.labels.equal(at::tensor({0, 1, 0}, at::kLong)));
  const auto is = [](const at::Tensor& found, const std::vector<int64_t>& colour, int64_t by) {
    const auto expected = at::tensor(colour, at::kLong).view({3, 1, 1});
    return (found.to(at::kLong) - expected).abs().max().item<int64_t>() <= by;
  };
  CHECK(is(batch.images[0], {250, 0, 0}, 0));
  CHECK(is(batch.images[1], {0, 200, 0}, 2));  // JPEG is lossy
  CHECK(is(batch.images[2], {255, 0, 0}, 0));
  CHECK(is(photograph(dataset, Split::validation, 0), {1, 2, 3}, 0));
  CHECK(is(photograph(dataset, Split::test, 0), {9, 9, 9}, 0));
}

TEST_CASE("class folders are found as torchvision finds them", "[datasets]") {
  const tests::EmptyCache cache;
  const tests::EmptyPictureFolder files;
  const std::string validation = GENERATE("val", "validation", "valid");
  fill(files, "train/b", 2, 20);
  fill(files, "train/B", 1, 10);  // capitals sort before small letters
  fill(files, "train/a/below", 1, 40);
  fill(files, "train/a", 1, 30);
  fill(files, validation + "/b", 1, 50);
  fill(files, "test/a", 1, 60);
  files.folder.write("train/a/notes.txt", "no image");
  files.folder.write("train/a/.hidden.png", "hidden");
  files.folder.write("train/.cache/x.png", "hidden");
  const auto dataset = load_photos(files.folder);
  CHECK(dataset.class_names() == Names{"B", "a", "b"});
  CHECK(labels(dataset, Split::train) == Labels{0, 1, 1, 2, 2});
  CHECK(reds(dataset, Split::train) == Labels{10, 30, 40, 20, 21});
  CHECK(labels(dataset, Split::validation) == Labels{2});
  CHECK(reds(dataset, Split::test) == Labels{60});
  const auto facts = dataset.provenance();
  CHECK(facts.at("train") == "class folders in train");
  CHECK(facts.at("validation") == "class folders in " + validation);
}

TEST_CASE("missing splits are held out of the training images, the same for one seed",
          "[datasets]") {
  const tests::EmptyCache cache;
  const tests::EmptyPictureFolder files;
  const std::string below = GENERATE("train/", "");
  fill(files, below + "a", 20, 0);
  fill(files, below + "b", 10, 100);
  const auto dataset = load_photos(files.folder);
  CHECK(dataset.size(Split::train) == 24);
  CHECK(labels(dataset, Split::validation) == Labels{0, 0, 1});
  CHECK(labels(dataset, Split::test) == Labels{0, 0, 1});
  std::set<int64_t> seen;
  for (const auto split : {Split::train, Split::validation, Split::test}) {
    for (const int64_t one : reds(dataset, split)) seen.insert(one);
  }
  CHECK(seen.size() == 30);  // each image in one split
  CHECK(reds(load_photos(files.folder), Split::test) == reds(dataset, Split::test));
  const auto other = load_photos(files.folder, "split_seed = 1\n");
  CHECK(reds(other, Split::validation) != reds(dataset, Split::validation));
  CHECK(dataset.provenance().at("test") == "10.0 % of each class's training images, seed 0");
  // With a new image most of those held out are the same.
  const auto before = reds(dataset, Split::test);
  fill(files, below + "b", 11, 100);
  const auto after = reds(load_photos(files.folder), Split::test);
  Labels kept;
  std::set_intersection(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(kept));
  CHECK(kept.size() >= 2);
  const auto none = load_photos(files.folder, "held_out_test = 0\nheld_out_validation = 0.5\n");
  CHECK(none.size(Split::test) == 0);
  CHECK(none.size(Split::validation) == 10 + 6);
}

TEST_CASE("an experiment can say which folder is which split", "[datasets]") {
  const tests::EmptyCache cache;
  const tests::EmptyPictureFolder files;
  fill(files, "train/a", 4, 0);
  fill(files, "train/b", 4, 10);
  fill(files, "val/a", 1, 20);
  // ImageNet's validation images for testing, and others for validation.
  const auto dataset = load_photos(files.folder, "test = 'val'\nheld_out_validation = 0.25\n");
  CHECK(reds(dataset, Split::test) == Labels{20});
  CHECK(labels(dataset, Split::validation) == Labels{0, 1});
  CHECK(dataset.size(Split::train) == 6);
  CHECK_THROWS_WITH(load_photos(files.folder, "test = 'tset'\n"),
                    ContainsSubstring("no 'tset' in ") && ContainsSubstring("train, val"));
  fill(files, "valid/a", 1, 30);
  CHECK_THROWS_WITH(load_photos(files.folder),
                    ContainsSubstring("each of val, valid could be for validation; choose with "
                                      "validation = \"val\""));
}

TEST_CASE("images that a list names are found once they are there", "[datasets]") {
  const tests::EmptyCache cache;
  const tests::EmptyPictureFolder files;
  fill(files, "images/a", 1, 10);
  fill(files, "val/a", 1, 20);
  fill(files, "val/b", 1, 30);
  files.folder.write("train.csv", "100.png,a\n200.png,a\n101.png,b\n");
  files.picture("images/200.png", 4, 4, {11, 0, 0});
  const std::string options = kDisjoint + "unreadable = 'skip'\nheld_out_test = 0.0\n";
  CHECK(reds(load_photos(files.folder, options), Split::train) == Labels{10, 11});
  // A folder that was not there at the first start.
  fill(files, "images/b", 2, 40);
  CHECK(reds(load_photos(files.folder, options), Split::train) == Labels{10, 11, 41});
}

TEST_CASE("iNaturalist's annotation files are read", "[datasets]") {
  const tests::EmptyCache cache;
  const tests::EmptyPictureFolder files;
  fill(files, "train_val2018/Aves/2", 3, 50);
  const auto annotations = [&](const std::string& file, const std::string& pairs,
                               const std::string& name = "lark") {
    std::string images;
    for (const std::string number : {"100", "101", "102"}) {
      if (!images.empty()) images += ',';
      images += std::string("{\"id\": ") + number +
                ", \"width\": 4, \"file_name\": \"train_val2018/Aves/2/" + number + ".png\"}";
    }
    files.folder.write(file, "{\"info\": {\"name\": 1}, \"images\": [" + images +
                                 "], \"categories\": [{\"id\": 7, \"name\": \"owl\"}, {\"id\": 3, "
                                 "\"name\": \"" +
                                 name + "\"}]" + pairs + "}");
  };
  annotations("train2018.json",
              ", \"annotations\": [{\"id\": 1, \"image_id\": 102, \"category_id\": 7},"
              "{\"id\": 2, \"image_id\": 100, \"category_id\": 3}]");
  annotations("val2018.json",
              ", \"annotations\": [{\"id\": 1, \"image_id\": 101, \"category_id\": 7}]");
  annotations("test2018.json", "");  // as published, without classes
  const auto dataset = load_photos(files.folder);
  CHECK(dataset.class_names() == Names{"lark", "owl"});
  CHECK(labels(dataset, Split::train) == Labels{1, 0});
  CHECK(reds(dataset, Split::train) == Labels{52, 50});
  CHECK(reds(dataset, Split::validation) == Labels{51});
  const auto refused = [&](const std::string& reason) {
    CHECK_THROWS_WITH(load_photos(files.folder),
                      ContainsSubstring("val2018.json") && ContainsSubstring(reason));
  };
  annotations("val2018.json",
              ", \"annotations\": [{\"id\": 1, \"image_id\": 5, \"category_id\": 7}]");
  refused("an annotation refers to the missing image 5");
  annotations("val2018.json", ", \"annotations\": []", "owl");
  refused("two categories have the name 'owl'");
  files.folder.write("val2018.json", "{\"images\": [");
  refused("is no annotation file of iNaturalist");
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
      "disjoint_classes = true\nsize = 16\nroot = '" +
      files.folder.path().string() + "'\n");
  const auto& dataset = *assembly.dataset.object();
  CHECK(dataset.class_names() == Names{"train0", "train1", "val0", "val1", "test0", "test1"});
  CHECK(dataset.labels(Split::train).equal(at::tensor({0, 0, 1, 1}, at::kLong)));
  CHECK(dataset.labels(Split::validation).equal(at::tensor({2, 2, 3, 3}, at::kLong)));
  CHECK(dataset.labels(Split::test).equal(at::tensor({4, 4, 5, 5}, at::kLong)));
}

TEST_CASE("classes are numbered by name, whatever the order of the lists", "[datasets]") {
  const tests::EmptyCache cache;
  const PictureFolder files;
  files.list("train.csv", "b0.jpg,b\na1.png,a\na0.png,a\n");
  const auto dataset = load_photos(files.folder, kDisjoint);
  CHECK(dataset.class_names() == Names{"a", "b", "c", "d"});
  CHECK(labels(dataset, Split::train) == Labels{1, 0, 0});
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
                                    "images/a0.png a\nb0.jpg b\n\na1.png a");
  files.folder.write("train.csv", list);
  CHECK(load_photos(files.folder, kDisjoint).class_names() == Names{"a", "b", "c", "d"});
  files.folder.write("train.csv", "\"a0.png\",\"say \"\"a\"\", b\"\na1.png,b\n");
  CHECK(load_photos(files.folder, kDisjoint).class_names().back() == "say \"a\", b");
  // A quoted name may contain what could separate it.
  files.picture("im, 1.png", 4, 4, {1, 2, 3});
  files.folder.write("train.csv", "\"im, 1.png\";z\n\"a1.png\";b\n");
  CHECK(load_photos(files.folder, kDisjoint).class_names().back() == "z");
}
