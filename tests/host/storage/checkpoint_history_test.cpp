#include "host/storage/checkpoint_history.h"

#include <fstream>

#include <ATen/ops/full.h>

#include "host/base/errors.h"
#include "tests/catch.h"
#include "tests/support/scratch_folder.h"

using host::storage::CheckpointHistory;
using tests::ScratchFolder;

namespace {

host::storage::TensorFile numbered(int64_t number) {
  return {{{"number", at::full({1}, number, at::kLong)}}, {}};
}

int64_t number_in(const std::filesystem::path& file) {
  return host::storage::read_checkpoint(file).tensors.at("number").item<int64_t>();
}

std::vector<int64_t> numbers_in(const CheckpointHistory& history) {
  std::vector<int64_t> numbers;
  for (const auto& file : history.files()) numbers.push_back(number_in(file));
  return numbers;
}

int64_t newest(const CheckpointHistory& history) {
  return history.take_newest().value().content.tensors.at("number").item<int64_t>();
}

void flip_a_bit(const std::filesystem::path& file) {
  std::string content = tests::content_of(file);
  content.back() = static_cast<char>(content.back() ^ 1);
  std::ofstream(file, std::ios::binary) << content;
}

}  // namespace

TEST_CASE("the latest checkpoints are kept, the newest as last.ckpt", "[storage]") {
  const ScratchFolder folder;
  const CheckpointHistory history(folder.path());
  CHECK(history.files().empty());
  CHECK(!history.take_newest());
  for (int64_t number = 1; number <= 5; ++number) history.write(numbered(number), 3);
  CHECK(numbers_in(history) == std::vector<int64_t>{5, 4, 3});
  CHECK(number_in(folder / "last.ckpt") == 5);
  CHECK(number_in(folder / "last-2.ckpt") == 3);
  history.write(numbered(6), 1);
  CHECK(numbers_in(history) == std::vector<int64_t>{6});
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a damaged checkpoint is replaced by the previous one, never the reverse", "[storage]") {
  const ScratchFolder folder;
  const CheckpointHistory history(folder.path());
  for (int64_t number = 1; number <= 3; ++number) history.write(numbered(number), 2);
  flip_a_bit(folder / "last.ckpt");
  CHECK(newest(history) == 2);
  CHECK(std::filesystem::exists(folder / "last.ckpt.damaged"));
  history.write(numbered(4), 2);
  CHECK(numbers_in(history) == std::vector<int64_t>{4, 2});

  flip_a_bit(folder / "last.ckpt");
  flip_a_bit(folder / "last-1.ckpt");
  CHECK_THROWS_WITH(history.take_newest(),
                    ContainsSubstring("last.ckpt is damaged") &&
                        ContainsSubstring("last-1.ckpt is damaged") &&
                        ContainsSubstring("the run has no intact checkpoint: "
                                          "start it again"));
}

TEST_CASE("an unreadable checkpoint is not treated as damaged", "[storage]") {
  const ScratchFolder folder;
  const CheckpointHistory history(folder.path());
  history.write(numbered(1), 2);
  history.write(numbered(2), 2);
  std::filesystem::remove(folder / "last.ckpt");
  std::filesystem::create_directory(folder / "last.ckpt");
  CHECK_THROWS_AS(history.take_newest(), host::StorageError);
  CHECK(std::filesystem::exists(folder / "last.ckpt"));
}

TEST_CASE("a run resumes after a crash between two renames", "[storage]") {
  const ScratchFolder folder;
  const CheckpointHistory history(folder.path());
  for (int64_t number = 1; number <= 3; ++number) history.write(numbered(number), 3);
  // The new one is written, the others are renamed, and there is no last one yet.
  std::filesystem::rename(folder / "last-1.ckpt", folder / "last-2.ckpt");
  std::filesystem::rename(folder / "last.ckpt", folder / "last-1.ckpt");
  folder.write("new.ckpt", "half of");
  CHECK(newest(history) == 3);
  history.write(numbered(4), 3);
  CHECK(numbers_in(history) == std::vector<int64_t>{4, 3});
  history.write(numbered(5), 3);
  CHECK(numbers_in(history) == std::vector<int64_t>{5, 4, 3});
}
