#include "records.h"

#include <sla/error.h>

#include <cstring>
#include <fstream>

#include <ATen/ops/empty.h>

namespace cifar {

namespace {

constexpr int64_t kRecordsPerRead = 1000;

void check_size(const std::filesystem::path& file, int64_t records, int64_t record_bytes) {
  std::error_code missing;
  const auto found = std::filesystem::file_size(file, missing);
  if (missing) {
    throw sla::Error("cannot open " + file.string() + ": " + missing.message());
  }
  const auto expected = static_cast<uintmax_t>(records * record_bytes);
  if (found != expected) {
    throw sla::Error(file.string() + " has " + std::to_string(found) + " bytes, expected " +
                     std::to_string(expected) + " (" + std::to_string(records) + " records of " +
                     std::to_string(record_bytes) +
                     " bytes); it is truncated or not the official binary version: delete it to "
                     "unpack it again");
  }
}

}  // namespace

Records read_records(const Layout& layout, const std::vector<std::filesystem::path>& files,
                     int64_t records_per_file) {
  const int64_t record_bytes = layout.record_bytes();
  const int64_t total = records_per_file * std::ssize(files);
  Records records{at::empty({total, 3, 32, 32}, at::kByte), at::empty({total}, at::kLong)};
  auto* pixels = records.images.data_ptr<uint8_t>();
  auto* labels = records.labels.data_ptr<int64_t>();

  std::vector<char> buffer(kRecordsPerRead * record_bytes);
  for (const auto& file : files) {
    check_size(file, records_per_file, record_bytes);
    std::ifstream stream(file, std::ios::binary);
    for (int64_t record = 0; record < records_per_file; ++record) {
      const int64_t in_buffer = record % kRecordsPerRead;
      if (in_buffer == 0) {
        const int64_t bytes = std::min(kRecordsPerRead, records_per_file - record) * record_bytes;
        if (!stream.read(buffer.data(), bytes)) throw sla::Error("cannot read " + file.string());
      }
      const char* bytes = buffer.data() + in_buffer * record_bytes;
      const auto label = static_cast<uint8_t>(bytes[layout.label_bytes - 1]);
      if (label >= layout.classes) {
        throw sla::Error(file.string() + ": record " + std::to_string(record) + " (byte " +
                         std::to_string(record * record_bytes + layout.label_bytes - 1) +
                         ") has label " + std::to_string(label) + ", expected 0 to " +
                         std::to_string(layout.classes - 1) + "; the file is damaged");
      }
      *labels++ = label;
      std::memcpy(pixels, bytes + layout.label_bytes, kPixels);
      pixels += kPixels;
    }
  }
  return records;
}

std::vector<std::string> read_class_names(const Layout& layout, const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> names;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  if (std::ssize(names) != layout.classes) {
    throw sla::Error(file.string() + " has " + std::to_string(names.size()) +
                     " class names, expected " + std::to_string(layout.classes));
  }
  return names;
}

}  // namespace cifar
