#include "host/storage/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "host/base/errors.h"
#include "host/storage/output_file.h"

namespace host::storage {

namespace {

namespace fs = std::filesystem;

/// A temporary file, deleted unless it replaces another one.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& path) : file_(path, OutputFile::Start::empty) {}
  ~TemporaryFile() {
    if (!kept_) unlink(file_.path().c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::string_view bytes) { file_.write(bytes); }

  void keep_as(const fs::path& file) {
    file_.sync();
    if (std::rename(file_.path().c_str(), file.c_str()) != 0) fail("replace", file);
    kept_ = true;
  }

 private:
  OutputFile file_;
  bool kept_ = false;
};

/// A file open for reading.
class InputFile {
 public:
  explicit InputFile(const fs::path& path) : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail("read", path);
    struct stat facts {};
    const bool known = fstat(descriptor_, &facts) == 0;
    size_ = static_cast<size_t>(facts.st_size);
    if (known && S_ISREG(facts.st_mode)) return;
    close(descriptor_);
    throw StorageError("cannot read " + path.string() + ": it is not a file");
  }
  ~InputFile() { close(descriptor_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  int descriptor() const { return descriptor_; }
  size_t size() const { return size_; }

 private:
  int descriptor_;
  size_t size_ = 0;
};

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

}  // namespace

void sync_folder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // A folder may be writable without being readable.
  if (descriptor < 0 && errno == EACCES) return warn_of_missing_sync(folder);
  if (descriptor < 0) fail("open", folder);
  const int status = fsync(descriptor);
  const int reason = errno;
  close(descriptor);
  errno = reason;
  if (status == 0) return;
  if (!cannot_sync(reason)) fail("sync", folder);
  warn_of_missing_sync(folder);
}

void write_atomically(const fs::path& file, std::span<const std::string_view> pieces) {
  std::error_code failure;
  const auto status = fs::status(file, failure);
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) {
    OutputFile device(file, OutputFile::Start::empty);
    for (const std::string_view piece : pieces) device.write(piece);
    return;
  }
  const fs::path real = fs::exists(status) ? fs::canonical(file, failure) : file;
  TemporaryFile temporary(real.string() + ".tmp");
  for (const std::string_view piece : pieces) temporary.write(piece);
  temporary.keep_as(real);
  sync_folder(folder_of(real));
}

void write_atomically(const fs::path& file, std::string_view content) {
  const std::array<std::string_view, 1> pieces{content};
  write_atomically(file, pieces);
}

std::vector<char> read_file(const fs::path& file) {
  const InputFile input(file);
  std::vector<char> content(input.size());
  size_t done = 0;
  while (done < content.size()) {
    const ssize_t read = ::read(input.descriptor(), content.data() + done, content.size() - done);
    if (read < 0 && errno == EINTR) continue;
    // Data that the disk cannot return counts as damaged; other errors may be temporary.
    if (read < 0 && errno == EIO) {
      throw DamagedFileError(file.string() + " cannot be read: " + std::strerror(EIO));
    }
    if (read < 0) fail("read", file);
    if (read == 0) throw DamagedFileError(file.string() + " was truncated while being read");
    done += static_cast<size_t>(read);
  }
  return content;
}

}  // namespace host::storage
