#include "host/storage/output_file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>

#include "host/base/errors.h"

namespace host::storage {

void fail(std::string_view what, const std::filesystem::path& file) {
  const int reason = errno;
  std::string advice;
  constexpr const char* kAgain = ", then run the command again (training resumes with --resume)";
  if (reason == ENOSPC || reason == EDQUOT) advice = std::string("; free some space") + kAgain;
  if (reason == EFBIG) advice = std::string("; raise the limit on file sizes (ulimit -f)") + kAgain;
  if (reason == EACCES || reason == EROFS) {
    advice = what == "read" ? "; check its permissions"
                            : "; write elsewhere, or check the permissions of its folder";
  }
  throw StorageError("cannot " + std::string(what) + " " + file.string() + ": " +
                     std::strerror(reason) + advice);
}

OutputFile::OutputFile(std::filesystem::path path, Start start) : path_(std::move(path)) {
  const int how = start == Start::empty ? O_TRUNC : O_APPEND;
  descriptor_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0644);
  if (descriptor_ < 0) fail("create", path_);
}

OutputFile::~OutputFile() { close(descriptor_); }

void OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("write", path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void OutputFile::sync() {
  if (fdatasync(descriptor_) == 0) return;
  if (!cannot_sync(errno)) fail("write", path_);
  warn_of_missing_sync(path_);
}

bool cannot_sync(int reason) {
  return reason == EINVAL || reason == ENOSYS || reason == EOPNOTSUPP;
}

void warn_of_missing_sync(const std::filesystem::path& file) {
  static std::once_flag once;
  std::call_once(once, [&] {
    spdlog::warn(
        "the file system of {} cannot flush files to disk; a power failure may cost the "
        "last checkpoint",
        file.string());
  });
}

}  // namespace host::storage
