#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "host/base/errors.h"
#include "host/storage/atomic_file.h"
#include "host/storage/checkpoint.h"
#include "host/storage/metrics_file.h"
#include "host/storage/safetensors.h"
#include "tests/catch.h"
#include "tests/support/assemblies.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/skip.h"

using host::StorageError;
using namespace host::storage;
using tests::ScratchFolder;

namespace {

TensorFile example() {
  return {{{"weights", at::arange(6, at::kFloat).view({2, 3})},
           {"count", at::arange(3, at::kLong)},
           {"half", at::ones({2}, at::kBFloat16)},
           {"empty", at::ones({0, 4}, at::kDouble)}},
          {{"note", "a \"quoted\" remark"}}};
}

/// A safetensors file with this header and 16 bytes of data.
std::string with_header(const std::string& header) {
  return std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') + header +
         std::string(16, '\0');
}

void check_equal(const TensorFile& a, const TensorFile& b) {
  CHECK(a.metadata == b.metadata);
  REQUIRE(a.tensors.size() == b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) {
    INFO(name);
    CHECK(tensor.equal(b.tensors.at(name)));
    CHECK(tensor.scalar_type() == b.tensors.at(name).scalar_type());
  }
}

}  // namespace

TEST_CASE("tensors survive a safetensors file", "[storage]") {
  const ScratchFolder folder;
  write_safetensors(folder / "t.safetensors", example());
  check_equal(read_safetensors(folder / "t.safetensors"), example());
}

TEST_CASE("a safetensors file has the published layout", "[storage]") {
  const ScratchFolder folder;
  write_safetensors(folder / "t", {{{"a", at::arange(2, at::kByte)}}, {}});
  const std::string header = R"({"a":{"data_offsets":[0,2],"dtype":"U8","shape":[2]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  const std::string expected = std::string(1, static_cast<char>(padded.size())) +
                               std::string(7, '\0') + padded + std::string("\0\1", 2);
  CHECK(tests::content_of(folder / "t") == expected);
}

TEST_CASE("every truncation of a safetensors file is an error", "[storage]") {
  const ScratchFolder folder;
  write_safetensors(folder / "t", example());
  const std::string bytes = tests::content_of(folder / "t");
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_AS(decode_safetensors(std::span(bytes.data(), size), "t"), StorageError);
  }
}

TEST_CASE("a header that claims too much allocates nothing", "[storage]") {
  const std::string header =
      R"({"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,16]}})";
  CHECK_THROWS_AS(decode_safetensors(with_header(header), "t"), StorageError);
}

TEST_CASE("sizes and offsets that are not integers are errors", "[storage]") {
  for (const char* header : {R"({"a":{"dtype":"F32","shape":[1e300],"data_offsets":[0,16]}})",
                             R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,1e300]}})",
                             R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[-16,0]}})",
                             R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0]}})"}) {
    CHECK_THROWS_AS(decode_safetensors(with_header(header), "t"), StorageError);
  }
}

TEST_CASE("any truncation and any flipped bit of a checkpoint is detected", "[storage]") {
  const ScratchFolder folder;
  write_checkpoint(folder / "c.ckpt", example());
  check_equal(read_checkpoint(folder / "c.ckpt"), example());
  const std::string whole = tests::content_of(folder / "c.ckpt");
  for (size_t size = 0; size < whole.size(); size += 7) {
    const auto file = folder.write("torn.ckpt", whole.substr(0, size));
    CHECK_THROWS_AS(read_checkpoint(file), StorageError);
  }
  for (size_t at = 0; at < whole.size(); at += 5) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    CHECK_THROWS_AS(read_checkpoint(folder.write("flipped.ckpt", flipped)), StorageError);
  }
  CHECK_THROWS_WITH(read_checkpoint(folder.write("text.ckpt", "hello")),
                    ContainsSubstring("is not a checkpoint"));
  CHECK_THROWS_WITH(read_checkpoint(folder / "absent.ckpt"),
                    ContainsSubstring("No such file or directory"));
}

TEST_CASE("a full disk keeps the old checkpoint and explains the reason", "[storage]") {
  const ScratchFolder folder;
  if (mount("none", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
    return tests::skip("mounting a small disk needs root");
  }
  const TensorFile large{{{"weights", at::ones({100'000})}}, {}};
  write_checkpoint(folder / "c.ckpt", example());
  CHECK_THROWS_WITH(write_checkpoint(folder / "c.ckpt", large),
                    ContainsSubstring("No space left on device; free some space"));
  check_equal(read_checkpoint(folder / "c.ckpt"), example());
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  umount(folder.path().c_str());
}

TEST_CASE("a file is written through links, and into pipes", "[storage]") {
  const ScratchFolder folder;
  const auto file = folder / "file";
  const auto link = folder / "link";
  host::storage::write_atomically(file, "old");
  std::filesystem::create_symlink("file", link);
  host::storage::write_atomically(link, "new");
  CHECK(std::filesystem::is_symlink(link));
  CHECK(tests::content_of(file) == "new");

  const auto pipe = folder / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const int end = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  host::storage::write_atomically(pipe, "through");
  std::array<char, 16> content{};
  CHECK(read(end, content.data(), content.size()) == 7);
  CHECK(std::string_view(content.data()) == "through");
  close(end);
  CHECK(std::filesystem::is_fifo(pipe));
}

TEST_CASE("metrics are JSON Lines, and a resumed run drops later ones", "[storage]") {
  const ScratchFolder folder;
  const auto file = folder / "metrics.jsonl";
  MetricsFile(file, 0).append(10, {{"train.loss", 1.5}, {"train.lr", NAN}});
  {
    MetricsFile metrics(file, 1);
    CHECK(metrics.lines() == 1);
    metrics.append(20, {{"train.loss", 0.5}});
    CHECK(metrics.lines() == 2);
  }
  std::ofstream(file, std::ios::app) << "{\"iteration\":3";  // incomplete
  CHECK(MetricsFile(file, 7).lines() == 2);
  std::ofstream(file, std::ios::app) << "{\"iteration\":3";
  MetricsFile(file, 1).append(15, {{"train.loss", 1.0}});
  CHECK(tests::content_of(file) ==
        "{\"iteration\":10,\"train.loss\":1.5,\"train.lr\":null}\n"
        "{\"iteration\":15,\"train.loss\":1.0}\n");
}
