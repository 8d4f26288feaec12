#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/support/empty_cache.h"
#include "tests/support/host_program.h"
#include "tests/support/picture_folder.h"
#include "tests/support/scratch_folder.h"

// The paper's datasets in miniature, as their downloads unpack: two classes of few images.
namespace {

namespace fs = std::filesystem;

struct Replica : tests::EmptyPictureFolder {
  /// Writes an image whose red tells the class; no two are the same.
  void image(const std::string& name, bool second) const {
    written += 9;
    picture("new.jpg", 40, 30, {static_cast<uint8_t>(second ? 200 : 50), written, 90});
    fs::create_directories((folder / name).parent_path());
    fs::rename(folder / "new.jpg", folder / name);
  }
  mutable uint8_t written = 0;

  /// Writes `count` images `before`0`after`, ... of a class.
  void images(const std::string& before, int count, const std::string& after, bool second) const {
    for (int i = 0; i < count; ++i) image(before + std::to_string(i) + after, second);
  }

  void tiny_imagenet() const {
    std::string annotations;
    for (const bool second : {false, true}) {
      const std::string name = second ? "n01443537" : "n01629819";
      images("train/" + name + "/images/" + name + "_", 10, ".JPEG", second);
      folder.write("train/" + name + "/" + name + "_boxes.txt", name + "_0.JPEG\t0\t10\t63\t58\n");
      for (const std::string number : {"0", "1"}) {
        const std::string file = "val_" + number + (second ? "1" : "0") + ".JPEG";
        image("val/images/" + file, second);
        annotations += file + "\t" + name + "\t0\t32\t44\t62\n";
      }
      image("test/images/test_" + std::string(second ? "1" : "0") + ".JPEG", second);
    }
    folder.write("val/val_annotations.txt", annotations);
    folder.write("wnids.txt", "n01443537\nn01629819\n");
    folder.write("words.txt", "n01443537\tgoldfish, Carassius auratus\n");
  }

  void cub200() const {
    std::string names;
    std::string splits;
    for (int i = 0; i < 24; ++i) {
      const bool second = i >= 12;
      const std::string name = second ? "002.Laysan_Albatross" : "001.Black_footed_Albatross";
      const std::string file = name + "/" + name.substr(4) + "_" + std::to_string(i) + ".jpg";
      image("images/" + file, second);
      names += std::to_string(i + 1) + " " + file + "\n";
      splits += std::to_string(i + 1) + (i % 6 == 0 ? " 0\n" : " 1\n");
    }
    folder.write("images.txt", names);
    folder.write("train_test_split.txt", splits);
    folder.write("classes.txt", "1 001.Black_footed_Albatross\n2 002.Laysan_Albatross\n");
  }

  void mit67() const {
    std::string train;
    std::string test;
    for (int i = 0; i < 24; ++i) {
      const std::string name = i >= 12 ? "winecellar" : "airport_inside";
      const std::string file = name + "/" + name + "_" + std::to_string(i) + "_gif.jpg";
      image("Images/" + file, i >= 12);
      (i % 6 == 0 ? test : train) += file + "\r\n";
    }
    folder.write("TrainImages.txt", train);
    folder.write("TestImages.txt", test);
  }

  /// SciPy, which reads the published lists, is replaced: its loadmat returns nested sequences.
  void stanford_dogs() const {
    std::string train;
    std::string test;
    for (int i = 0; i < 24; ++i) {
      const std::string name = i >= 12 ? "n02085782-Japanese_spaniel" : "n02085620-Chihuahua";
      const std::string file = name + "/" + name.substr(0, 9) + "_" + std::to_string(i) + ".jpg";
      image("Images/" + file, i >= 12);
      (i % 6 == 0 ? test : train) += "[['" + file + "']],";
    }
    folder.write("scipy/__init__.py", "");
    folder.write("scipy/io.py", "lists = {'train_list.mat': [" + train + "], 'test_list.mat': [" +
                                    test + "]}\ndef loadmat(name):\n" +
                                    "    return {'file_list': lists[name]}\n");
  }

  void imagenet() const {
    for (const bool second : {false, true}) {
      const std::string name = second ? "n01443537" : "n01440764";
      images("train/" + name + "/" + name + "_", 10, ".JPEG", second);
      images("val/" + name + "/ILSVRC2012_val_0000000", 2, second ? "1.JPEG" : "0.JPEG", second);
    }
  }

  void inaturalist() const {
    for (const auto& [split, count] : {std::pair("train", 10), {"val", 2}}) {
      std::string images;
      std::string annotations;
      for (int i = 0; i < 2 * count; ++i) {
        const std::string number = std::to_string(i);
        const std::string file = std::string("train_val2018/Aves/") +
                                 (i >= count ? "2820/" : "17/") + split + number + ".jpg";
        image(file, i >= count);
        images += (i == 0 ? "" : ", ") + std::string(R"({"id": )") + number +
                  R"(, "file_name": ")" + file + R"(", "width": 40, "height": 30})";
        annotations += (i == 0 ? "" : ", ") + std::string(R"({"id": )") + number +
                       R"(, "image_id": )" + number + R"(, "category_id": )" +
                       (i >= count ? "2820}" : "17}");
      }
      folder.write(
          std::string(split) + "2018.json",
          R"({"images": [)" + images + R"(], "annotations": [)" + annotations +
              R"(], "categories": [{"id": 17, "name": "17"}, {"id": 2820, "name": "2820"}]})");
    }
  }

  void arrange_as(const std::string& profile) const {
    if (profile == "tiny_imagenet") tiny_imagenet();
    if (profile == "cub200") cub200();
    if (profile == "mit67") mit67();
    if (profile == "stanford_dogs") stanford_dogs();
    if (profile == "imagenet") imagenet();
    if (profile == "inaturalist") inaturalist();
  }
};

/// The commands that the document gives for a profile: those below a comment that ends with its
/// name in parentheses.
std::string documented_commands(const std::string& profile) {
  std::istringstream lines(tests::content_of(SLA_SOURCE_DIRECTORY "/docs/photographs.md"));
  std::string commands;
  bool in_shell = false;
  bool wanted = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) in_shell = line == "```sh";
    if (in_shell && line.starts_with("# ")) {
      wanted = line.find("(" + profile + ")") != std::string::npos;
    } else if (in_shell && wanted) {
      commands += line + "\n";
    }
  }
  return commands;
}

}  // namespace

TEST_CASE("the paper's datasets are trained on as documented", "[datasets]") {
  const std::string profile =
      GENERATE("tiny_imagenet", "cub200", "mit67", "stanford_dogs", "imagenet", "inaturalist");
  INFO(profile);
  const tests::EmptyCache cache;
  const Replica replica;
  replica.arrange_as(profile);
  const std::string root = replica.folder.path();
  const std::string commands = documented_commands(profile);
  CHECK(commands.empty() == (profile == "imagenet" || profile == "inaturalist"));
  const std::string script = replica.folder.write("arrange.sh", commands);
  const auto arranged = tests::run_program("cd '" + root + "' && PYTHONPATH=. bash -eu " + script);
  INFO(arranged.output);
  REQUIRE(arranged.status == 0);

  const tests::ScratchFolder runs;
  std::vector<std::string> arguments{SLA_SOURCE_DIRECTORY "/experiments/photos.toml", "--profile",
                                     profile + ",sla", "--out", runs / "run"};
  for (const std::string setting :
       {"dataset.held_out_validation=0.2", "dataset.size=32", "dataset.resize=32",
        "training.batch_size=4", "training.total_iterations=2",
        "training.validate_every_iterations=1"}) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  arguments.insert(arguments.end(), {"--set", "dataset.root=" + root});
  const auto trained = tests::run_host(arguments);
  INFO(trained.output);
  CHECK(trained.status == 0);
  // Of 20 images for training 4 are held out; 4 are for testing.
  CHECK_THAT(trained.output, ContainsSubstring("2 classes; training: 16 images, "));
  CHECK_THAT(trained.output, ContainsSubstring("; validation: 4 images, 20.0 % of each class's "));
  CHECK_THAT(trained.output, ContainsSubstring("; test: 4 images, "));
}
