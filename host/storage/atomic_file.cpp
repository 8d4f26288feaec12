#include "host/storage/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "host/errors.h"

namespace host::storage {

namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& file) {
  const int reason = errno;
  std::string advice;
  if (reason == ENOSPC || reason == EDQUOT) advice = "; free some space and resume the run";
  if (reason == EACCES || reason == EROFS) advice = "; choose another folder with --out";
  throw StorageError("cannot " + what + " " + file.string() + ": " + std::strerror(reason) +
                     advice);
}

/// A file descriptor that is closed, and whose file is removed unless it was kept.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::filesystem::path path) : path_(std::move(path)) {
    descriptor_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail("create", path_);
  }
  ~TemporaryFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!kept_) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail("write", path_);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }

  void keep_as(const std::filesystem::path& file) {
    if (fsync(descriptor_) != 0) fail("write", path_);
    if (rename(path_.c_str(), file.c_str()) != 0) fail("replace", file);
    kept_ = true;
  }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  bool kept_ = false;
};

void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

void write_atomically(const std::filesystem::path& file, std::span<const std::string_view> pieces) {
  TemporaryFile temporary(file.string() + ".tmp");
  for (const std::string_view piece : pieces) temporary.write(piece);
  temporary.keep_as(file);
  sync_folder(file.has_parent_path() ? file.parent_path() : ".");
}

void write_atomically(const std::filesystem::path& file, std::string_view content) {
  const std::array<std::string_view, 1> pieces{content};
  write_atomically(file, pieces);
}

std::vector<char> read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream || std::filesystem::is_directory(file)) fail("read", file);
  std::vector<char> content(static_cast<size_t>(stream.tellg()));
  stream.seekg(0);
  if (!stream.read(content.data(), std::ssize(content))) fail("read", file);
  return content;
}

}  // namespace host::storage
