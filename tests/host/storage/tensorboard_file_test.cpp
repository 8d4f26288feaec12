#include "host/storage/tensorboard_file.h"

#include <cstring>

#include "tests/catch.h"
#include "tests/support/scratch_folder.h"

namespace {

/// CRC-32C bit by bit: the polynomial 0x1EDC6F41, reflected.
uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0);
  }
  return ~crc;
}

uint32_t masked(uint32_t crc) { return ((crc >> 15U) | (crc << 17U)) + 0xa282ead8U; }

template <typename T>
T number_at(std::string_view bytes, size_t position) {
  T value;
  std::memcpy(&value, bytes.substr(position, sizeof(T)).data(), sizeof(T));
  return value;
}

/// The records of a TFRecord file: length, checksum of the length, data, checksum of the data.
std::vector<std::string> records(std::string_view bytes) {
  std::vector<std::string> records;
  while (!bytes.empty()) {
    const auto length = number_at<uint64_t>(bytes, 0);
    CHECK(number_at<uint32_t>(bytes, 8) == masked(crc32c(bytes.substr(0, 8))));
    const auto data = bytes.substr(12, length);
    CHECK(number_at<uint32_t>(bytes, 12 + length) == masked(crc32c(data)));
    records.emplace_back(data);
    bytes.remove_prefix(16 + length);
  }
  return records;
}

}  // namespace

TEST_CASE("event files are TFRecords of events", "[storage]") {
  CHECK(crc32c("123456789") == 0xE3069283U);  // the check value of CRC-32C
  const tests::ScratchFolder folder;
  host::storage::TensorBoardFile(folder.path(), 0).append(12, {{"train.loss", 0.5}});
  const auto file = *std::filesystem::directory_iterator(folder.path());
  CHECK(file.path().filename().string().starts_with("events.out.tfevents."));
  const auto events = records(tests::content_of(file));
  REQUIRE(events.size() == 3);
  CHECK_THAT(events[0], ContainsSubstring("brain.Event:2"));
  // Event: step (field 2) 12; summary (field 5) of one value (field 1) with tag (1) and float (2).
  const std::string value = std::string("\x0a\x0atrain/loss\x15") + std::string("\0\0\0\x3f", 4);
  const std::string summary = std::string("\x0a") + static_cast<char>(value.size()) + value;
  CHECK_THAT(events[2], ContainsSubstring(std::string("\x10\x0c\x2a") +
                                          static_cast<char>(summary.size()) + summary));
}

TEST_CASE("event files hold texts and images", "[storage]") {
  const tests::ScratchFolder folder;
  {
    host::storage::TensorBoardFile events(folder.path(), 0);
    events.append_text(0, "experiment", "seed = 1");
    events.append_image(0, "gallery", "PNG...", {7, 5, 3});
  }
  const auto written =
      records(tests::content_of(*std::filesystem::directory_iterator(folder.path())));
  REQUIRE(written.size() == 4);
  // Value: tag (1), tensor (8) of type string (1: 7) with its bytes (8), metadata (9) naming the
  // plugin (1, 1).
  CHECK_THAT(written[2], ContainsSubstring("\x0a\x0a"
                                           "experiment"));
  CHECK_THAT(written[2], ContainsSubstring("\x42\x0c\x08\x07\x42\x08"
                                           "seed = 1"));
  CHECK_THAT(written[2], ContainsSubstring("\x4a\x08\x0a\x06\x0a\x04"
                                           "text"));
  // Image (4): height (1), width (2), colorspace (3), bytes (4).
  CHECK_THAT(written[3], ContainsSubstring("\x22\x0e\x08\x05\x10\x07\x18\x03\x22\x06"
                                           "PNG..."));
}
