#include "host/run/run_lock.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "host/base/errors.h"
#include "host/storage/output_file.h"

namespace host::run {

namespace {

/// Process and machine, shown to whoever finds the directory locked.
std::string holder() {
  std::array<char, 256> machine{};
  gethostname(machine.data(), machine.size() - 1);
  return "process " + std::to_string(getpid()) + " on " + machine.data();
}

std::string content_of(int descriptor) {
  std::array<char, 512> text{};
  const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
  return {text.data(), static_cast<size_t>(std::max<ssize_t>(0, size))};
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& file)
    : descriptor_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) storage::fail("create", file);
  if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
    const std::string own = holder();
    // For humans only; the lock itself is what counts.
    if (ftruncate(descriptor_, 0) == 0) (void)!pwrite(descriptor_, own.data(), own.size(), 0);
    return;
  }
  if (errno != EWOULDBLOCK) {
    // File systems without locks: Lustre mounted without flock, NFS without its lock daemon, FUSE.
    spdlog::warn("cannot lock {}: {}; nothing keeps a second program out of this run directory",
                 file.string(), std::strerror(errno));
    return;
  }
  const std::string other = content_of(descriptor_);
  close(descriptor_);
  throw StorageError("run directory " + file.parent_path().string() + " is in use by " +
                     (other.empty() ? "another program" : other) +
                     "; wait for it, stop it, or choose another directory with --out");
}

RunLock::~RunLock() { close(descriptor_); }

}  // namespace host::run
