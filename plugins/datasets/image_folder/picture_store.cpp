#include "picture_store.h"

#include <fcntl.h>
#include <sla/digest.h>
#include <sla/error.h>
#include <sla/parallel.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include <ATen/ops/empty.h>

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

[[noreturn]] void fail_to_write(const fs::path& file, const std::string& reason) {
  throw sla::Error("cannot write " + file.string() + ": " + reason +
                   "; free some space, or set SLA_CACHE to a folder that is writable and has more");
}

[[noreturn]] void fail_to_read(const fs::path& file, const std::string& reason) {
  throw sla::Error("cannot read the decoded images in " + file.string() + ": " + reason +
                   "; delete the file, and the next run decodes them again");
}

/// A temporary file, deleted unless it is kept.
class PartialFile {
 public:
  /// Unique to this process: another one may be decoding the same images.
  explicit PartialFile(const fs::path& target)
      : target_(target), path_(target.string() + "." + std::to_string(getpid()) + ".part") {}
  ~PartialFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const fs::path& path() const { return path_; }
  void keep() const { fs::rename(path_, target_); }

 private:
  fs::path target_;
  fs::path path_;
};

void write_pictures(const std::vector<Entry>& entries, int64_t size, const fs::path& file,
                    sla::Host& host) {
  std::ofstream out(file, std::ios::binary);
  if (!out) fail_to_write(file, std::strerror(errno));
  const int64_t bytes = 3 * size * size;
  const int64_t total = std::ssize(entries);
  at::Tensor block = at::empty({kPicturesPerWrite, bytes}, at::kByte);
  for (int64_t first = 0; first < total; first += kPicturesPerWrite) {
    host.progress("decode images", first, total);
    const int64_t count = std::min(kPicturesPerWrite, total - first);
    auto* planes = block.data_ptr<uint8_t>();
    sla::parallel_for(count, /*grain=*/1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        read_picture(entries[first + i].file, size, planes + i * bytes);
      }
    });
    if (!out.write(static_cast<const char*>(block.data_ptr()), count * bytes)) {
      fail_to_write(file, std::strerror(errno));
    }
  }
  if (!out.flush()) fail_to_write(file, std::strerror(errno));
}

}  // namespace

PictureStore::PictureStore(const std::vector<Entry>& entries, int64_t size, sla::Host& host)
    : size_(size) {
  const fs::path folder = host.cache_directory() / "image_folder";
  file_ = folder / (key_of(entries, size) + ".u8");
  const auto bytes = std::size(entries) * 3 * size * size;
  std::error_code failure;
  // A different size means that a crash left it incomplete.
  if (fs::file_size(file_, failure) != bytes || failure) {
    host.log(sla::LogLevel::info,
             "decoding " + std::to_string(std::size(entries)) + " images into " + file_.string());
    fs::create_directories(folder, failure);
    if (failure) fail_to_write(folder, failure.message());
    const PartialFile partial(file_);
    write_pictures(entries, size, partial.path(), host);
    partial.keep();
  }
  descriptor_ = open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) fail_to_read(file_, std::strerror(errno));
}

PictureStore::~PictureStore() {
  if (descriptor_ >= 0) close(descriptor_);
}

at::Tensor PictureStore::pictures(const at::Tensor& indices) const {
  const int64_t bytes = 3 * size_ * size_;
  at::Tensor pictures = at::empty({indices.numel(), 3, size_, size_}, at::kByte);
  auto* pixels = pictures.data_ptr<uint8_t>();
  const at::Tensor list = indices.contiguous();
  const auto* index = list.data_ptr<int64_t>();
  for (int64_t i = 0; i < indices.numel(); ++i, pixels += bytes) {
    int64_t done = 0;
    while (done < bytes) {
      const ssize_t read = pread(descriptor_, pixels + done, bytes - done, index[i] * bytes + done);
      if (read < 0 && errno == EINTR) continue;
      if (read <= 0) fail_to_read(file_, read == 0 ? "it was cut short" : std::strerror(errno));
      done += read;
    }
  }
  return pictures;
}

std::string PictureStore::sha256() const { return sla::file_digest(sla::Digest::sha256, file_); }

}  // namespace image_folder
