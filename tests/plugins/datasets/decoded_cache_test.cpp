#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <array>
#include <filesystem>
#include <sstream>
#include <thread>

#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/empty_cache.h"
#include "tests/support/picture_folder.h"
#include "tests/support/scratch_folder.h"

namespace {

namespace fs = std::filesystem;
using sla::Split;

host::plugin::Dataset load(const fs::path& root, const std::string& parameters) {
  return tests::assembly_of(
             "objective.plugin = 'baseline'\n[dataset]\nplugin = 'image_folder'\n"
             "held_out_validation = 0\nheld_out_test = 0\nroot = '" +
             root.string() + "'\n" + parameters)
      .dataset;
}

/// Random views of all training images; `seed` chooses them.
at::Tensor random_views(const host::plugin::Dataset& dataset, uint64_t seed) {
  const int64_t count = dataset.size(Split::train);
  return dataset.object()
      ->batch({Split::train, at::arange(count, at::kLong), true,
               sla::BatchRandom::whole(sla::RandomStream(seed), count)})
      .images;
}

at::Tensor central_views(const host::plugin::Dataset& dataset) {
  const auto all = at::arange(dataset.size(Split::train), at::kLong);
  return dataset.object()->batch(sla::Request::plain(Split::train, all)).images;
}

at::Tensor image(const host::plugin::Dataset& dataset, Split split, int64_t index) {
  return dataset.object()
      ->batch(sla::Request::plain(split, at::tensor({index}, at::kLong)))
      .images[0];
}

/// Collects the log while it exists.
class Log {
 public:
  Log() : before_(spdlog::default_logger()) {
    const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text_);
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
  }
  ~Log() { spdlog::set_default_logger(before_); }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// The numbers of images said to be kept.
  std::vector<int64_t> kept() const {
    const std::string mark = "decoded_cache = 1 is full with ";
    const std::string log = text_.str();
    std::vector<int64_t> numbers;
    for (size_t at = log.find(mark); at != std::string::npos; at = log.find(mark, at + 1)) {
      numbers.push_back(std::stoll(log.substr(at + mark.size())));
    }
    return numbers;
  }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

/// Forty images of 30,000 bytes when decoded, of which 34 fit into 1 MiB, and one for testing.
struct Squares : tests::EmptyPictureFolder {
  Squares() {
    for (int i = 0; i < kImages; ++i) picture(name(i), 100, 100, {static_cast<uint8_t>(i), 0, 0});
    picture("test/a/0.png", 100, 100, {200, 0, 0});
  }

  /// The training image with this index.
  static std::string name(int i) {
    return std::string(i < kImages / 2 ? "train/a/" : "train/b/") + std::to_string(100 + i) +
           ".png";
  }

  /// How many training images a dataset gives without their files, which it removes.
  int64_t count_kept(const host::plugin::Dataset& dataset) const {
    int64_t count = 0;
    for (int i = 0; i < kImages; ++i) {
      fs::remove(folder / name(i));
      try {
        const auto red = image(dataset, Split::train, i)[0][0][0].item<int64_t>();
        CHECK(red == i);
        ++count;
      } catch (const std::exception& error) {
        CHECK_THAT(error.what(), ContainsSubstring("cannot read " + (folder / name(i)).string()));
      }
    }
    return count;
  }

  static constexpr int kImages = 40;
  static constexpr int64_t kFit = 34;
};

const std::string kSmall = "size = 8\nresize = 8\n";

}  // namespace

TEST_CASE("images that stay decoded give the bits that their files give", "[datasets]") {
  const tests::EmptyCache cache;
  const tests::ScratchFolder root;
  // Every format and orientation; the last of 2000 x 1500 pixels, which is decoded at fractions.
  const fs::path images = SLA_SOURCE_DIRECTORY "/tests/plugins/datasets/image_files";
  std::string list;
  for (const auto& file : fs::directory_iterator(images)) {
    list += file.path().filename().string() + (list.empty() ? ",first\n" : ",other\n");
  }
  root.write("train.csv", list);
  fs::create_symlink(images, root / "images");
  const std::string view = GENERATE("size = 5\nresize = 6\n", "size = 20\nresize = 24\n",
                                    "size = 20\nresize = 24\ninterpolation = 'bicubic'\n");
  const auto files = load(root.path(), view);
  const auto decoded = load(root.path(), view + "decoded_cache = 64\n");
  CHECK(files.size(Split::train) == 32);
  for (int round = 0; round < 2; ++round) {
    CHECK(central_views(decoded).equal(central_views(files)));
    for (uint64_t seed = 0; seed < 20; ++seed) {
      CHECK(random_views(decoded, seed).equal(random_views(files, seed)));
    }
  }
}

TEST_CASE("images stay decoded up to the limit, which the log says once", "[datasets]") {
  const tests::EmptyCache cache;
  const Squares files;
  const Log log;
  const auto decoded = load(files.folder.path(), kSmall + "decoded_cache = 1\n");
  const auto expected = central_views(load(files.folder.path(), kSmall));
  for (int round = 0; round < 2; ++round) CHECK(central_views(decoded).equal(expected));
  CHECK(log.kept() == std::vector{Squares::kFit});
  CHECK(files.count_kept(decoded) == Squares::kFit);
}

TEST_CASE("several threads keep images decoded within the limit", "[datasets]") {
  const tests::EmptyCache cache;
  const Squares files;
  const Log log;
  const auto decoded = load(files.folder.path(), kSmall + "decoded_cache = 1\n");
  const auto expected = load(files.folder.path(), kSmall);
  std::array<at::Tensor, 4> found;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&, i] { found[i] = random_views(decoded, i); });
  }
  for (auto& thread : threads) thread.join();
  for (size_t i = 0; i < found.size(); ++i) CHECK(found[i].equal(random_views(expected, i)));
  const auto kept = log.kept();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0] <= Squares::kFit);
  CHECK(files.count_kept(decoded) == kept[0]);
}

TEST_CASE("test images do not stay decoded, and none does by default", "[datasets]") {
  const tests::EmptyCache cache;
  const Squares files;
  const auto decoded = load(files.folder.path(), kSmall + "decoded_cache = 1\n");
  const auto plain = load(files.folder.path(), kSmall);
  CHECK(image(decoded, Split::test, 0)[0][0][0].item<int64_t>() == 200);
  CHECK(central_views(plain).size(0) == Squares::kImages);
  fs::remove(files.folder / "test/a/0.png");
  CHECK_THROWS_WITH(image(decoded, Split::test, 0), ContainsSubstring("cannot read "));
  CHECK(files.count_kept(plain) == 0);
}
