#include "picture_store.h"

#include <sla/digest.h>
#include <sla/error.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_file.h>

#include "picture.h"

namespace image_folder {

namespace {

namespace fs = std::filesystem;

constexpr int64_t kPicturesPerWrite = 512;

std::string key_of(const std::vector<Entry>& entries, int64_t size) {
  std::string description = std::to_string(size) + "\n";
  for (const Entry& entry : entries) {
    description += entry.file.string() + " " + std::to_string(fs::file_size(entry.file)) + " " +
                   std::to_string(fs::last_write_time(entry.file).time_since_epoch().count()) +
                   "\n";
  }
  return sla::digest(sla::Digest::sha256, std::as_bytes(std::span(description)));
}

void write_pictures(const std::vector<Entry>& entries, int64_t size, const fs::path& file,
                    sla::Host& host) {
  std::ofstream out(file, std::ios::binary);
  const int64_t bytes = 3 * size * size;
  const int64_t total = std::ssize(entries);
  at::Tensor block = at::empty({kPicturesPerWrite, bytes}, at::kByte);
  for (int64_t first = 0; first < total; first += kPicturesPerWrite) {
    host.progress("decode pictures", first, total);
    const int64_t count = std::min(kPicturesPerWrite, total - first);
    auto* planes = block.data_ptr<uint8_t>();
    at::parallel_for(0, count, /*grain_size=*/1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        read_picture(entries[first + i].file, size, planes + i * bytes);
      }
    });
    out.write(static_cast<const char*>(block.data_ptr()), count * bytes);
  }
  if (!out.flush()) throw sla::Error("cannot write " + file.string() + ": disk full?");
}

}  // namespace

at::Tensor open_pictures(const std::vector<Entry>& entries, int64_t size, sla::Host& host) {
  const fs::path folder = host.cache_directory() / "image_folder";
  const fs::path file = folder / (key_of(entries, size) + ".u8");
  const int64_t count = std::ssize(entries);
  if (!fs::exists(file)) {
    host.log(sla::LogLevel::info,
             "decoding " + std::to_string(count) + " pictures into " + file.string());
    fs::create_directories(folder);
    // Of this process alone: another one may be at it as well.
    const fs::path partial = file.string() + "." + std::to_string(getpid()) + ".part";
    write_pictures(entries, size, partial, host);
    fs::rename(partial, file);
  }
  return at::from_file(file.string(), /*shared=*/false, count * 3 * size * size, at::kByte)
      .view({count, 3, size, size});
}

}  // namespace image_folder
