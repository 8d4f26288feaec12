#include <ATen/ops/tensor.h>

#include <filesystem>
#include <fstream>

#include "host/base/errors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/empty_cache.h"
#include "tests/support/fake_cifar.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/shared_files.h"

namespace {

namespace fs = std::filesystem;
using tests::FakeCifar;
using tests::ScratchFolder;

host::plugin::Dataset load_cifar(const FakeCifar& files, const std::string& more = "") {
  return tests::assembly_of(
             "objective.plugin = 'baseline'\n[dataset]\nplugin = 'cifar'\n"
             "download = false\nclasses = " +
             std::to_string(files.classes) + "\nroot = '" + files.folder.path().string() + "'\n" +
             more)
      .dataset;
}

}  // namespace

TEST_CASE("CIFAR-10 records become planes of bytes and labels", "[datasets]") {
  const FakeCifar files(10);
  // Record 1234 of the third file is training image 21,234: label 7, a red ramp, blue 9.
  std::string record(1 + tests::kCifarPixels, '\0');
  record[0] = 7;
  for (int i = 0; i < 100; ++i) record[1 + i] = static_cast<char>(i);
  record[1 + 2 * 1024 + 5 * 32 + 3] = 9;
  files.put("cifar-10-batches-bin/data_batch_3.bin", 1234 * (1 + tests::kCifarPixels), record);
  files.put("cifar-10-batches-bin/test_batch.bin", 2 * (1 + tests::kCifarPixels), record);

  const auto dataset = load_cifar(files, "validation = 0\n").object();
  CHECK(dataset->class_names().size() == 10);
  CHECK(dataset->class_names()[3] == "class3");
  CHECK(dataset->labels(sla::Split::train).numel() == 50'000);
  CHECK(dataset->labels(sla::Split::validation).numel() == 0);
  CHECK(dataset->labels(sla::Split::train)[21'234].item<int64_t>() == 7);
  CHECK(dataset->labels(sla::Split::train).sum().item<int64_t>() == 7);
  const auto batch =
      dataset->batch(sla::Request::plain(sla::Split::train, at::tensor({0, 21'234}, at::kLong)));
  CHECK(batch.images.scalar_type() == at::kByte);
  CHECK(batch.images.sizes() == at::IntArrayRef({2, 3, 32, 32}));
  CHECK(batch.images[0].count_nonzero().item<int64_t>() == 0);
  CHECK(batch.images[1][0][2][17].item<int64_t>() == 2 * 32 + 17);
  CHECK(batch.images[1][2][5][3].item<int64_t>() == 9);
  CHECK(batch.images[1].to(at::kLong).sum().item<int64_t>() == 99 * 100 / 2 + 9);
  CHECK(dataset->labels(sla::Split::test)[2].item<int64_t>() == 7);
}

TEST_CASE("the validation split is seeded, hashed and disjoint from training", "[datasets]") {
  const FakeCifar files(10);
  const auto hash = [&](const std::string& more) {
    return load_cifar(files, more).object()->provenance().at("validation_split_sha256");
  };
  CHECK(hash("") == hash(""));
  CHECK(hash("") != hash("split_seed = 1\n"));
  CHECK(hash("") != hash("validation = 4999\n"));
  const auto limited = load_cifar(files, "limit_per_class = 30\n").object();
  CHECK(limited->labels(sla::Split::train).numel() == 30);  // all are of class 0
  CHECK(limited->labels(sla::Split::validation).numel() == 5000);
  CHECK_THROWS_WITH(load_cifar(files, "validation = 50000\n"),
                    ContainsSubstring("validation = 50000 leaves none of the 50000 images"));
}

TEST_CASE("missing, truncated, altered and mislabelled files are reported", "[datasets]") {
  const tests::EmptyCache empty_cache;
  FakeCifar files(100);
  const auto complaint = [&](const std::string& expected) {
    CHECK_THROWS_WITH(load_cifar(files), ContainsSubstring(expected));
  };
  files.put("cifar-100-binary/train.bin", 41 * (2 + tests::kCifarPixels) + 1, std::string(1, 100));
  complaint("train.bin: record 41 (byte 126035) has label 100, expected 0 to 99");
  files.put("cifar-100-binary/train.bin", 41 * (2 + tests::kCifarPixels) + 1, std::string(1, 99));

  files.folder.write("SHA256SUMS", std::string(64, 'a') + "  cifar-100-binary/test.bin\n");
  complaint("test.bin has SHA-256 ");
  complaint("expected " + std::string(64, 'a'));

  files.sized("cifar-100-binary/test.bin", 10'000 * (2 + tests::kCifarPixels) - 1);
  complaint(
      "cifar-100-binary is incomplete: it lacks test.bin (30739999 bytes instead of 30740000)");
  fs::remove(files.folder / "cifar-100-binary/test.bin");
  complaint(
      "cifar-100-binary is incomplete: it lacks test.bin; there is no archive "
      "cifar-100-binary.tar.gz beside it; delete the folder to download the archive");
  fs::remove_all(files.folder / "cifar-100-binary");
  complaint("no folder cifar-100-binary and no archive cifar-100-binary.tar.gz");

  files.folder.write("cifar-100-binary.tar.gz", "not the archive");
  fs::remove(files.folder / "SHA256SUMS");
  complaint("cifar-100-binary.tar.gz has MD5 ");
  complaint("expected 03b5dce01913d631647c71ecec9e9cb8");
}

TEST_CASE("CIFAR-100 is as published", "[datasets]") {
  const auto archive = tests::shared_file("data/cifar-100-binary.tar.xz");
  if (!archive) return;
  const auto dataset = tests::assembly_of(
                           "objective.plugin = 'baseline'\n[dataset]\nplugin = 'cifar'\n"
                           "download = false\nroot = '" +
                           archive->parent_path().string() + "'\n")
                           .dataset.object();
  CHECK(dataset->class_names().at(0) == "apple");
  CHECK(dataset->class_names().at(99) == "worm");
  const auto train = dataset->labels(sla::Split::train).bincount();
  const auto validation = dataset->labels(sla::Split::validation).bincount({}, 100);
  CHECK((train + validation).eq(500).all().item<bool>());
  CHECK(validation.sum().item<int64_t>() == 5000);
  CHECK(dataset->labels(sla::Split::test).bincount().eq(100).all().item<bool>());
}
