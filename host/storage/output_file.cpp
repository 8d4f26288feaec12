#include "host/storage/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "host/base/errors.h"

namespace host::storage {

void fail(std::string_view what, const std::filesystem::path& file) {
  const int reason = errno;
  std::string advice;
  if (reason == ENOSPC || reason == EDQUOT) advice = "; free some space and resume the run";
  if (reason == EACCES || reason == EROFS) advice = "; choose another folder with --out";
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
  if (fdatasync(descriptor_) != 0) fail("write", path_);
}

}  // namespace host::storage
