#include "tests/faults/storage_faults.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

// This program's own open(), write(), ... override the C library's: they do the same, except for
// the call at which the fault occurs.

namespace faults {

namespace {

struct Plan {
  std::string folder;
  Storage fault = Storage::nothing;
  int64_t at = 0;
  std::function<int64_t(const std::filesystem::path&)> iteration_of;
  // Descriptors of files below the folder.
  std::array<std::atomic<bool>, 4096> files{};
};

Plan plan;
Watch* shared = nullptr;

bool below_folder(const char* path) {
  return !plan.folder.empty() && std::string_view(path).starts_with(plan.folder);
}

/// Counts a call; returns the fault that applies to it.
Storage meet() {
  const int64_t number = __atomic_add_fetch(&shared->calls, 1, __ATOMIC_SEQ_CST);
  if (plan.fault == Storage::nothing || number != plan.at) return Storage::nothing;
  shared->happened = true;
  return plan.fault;
}

/// Whether the call proceeds normally; if not, sets errno.
bool passes() {
  const Storage fault = meet();
  if (fault == Storage::killed) raise(SIGKILL);
  errno = fault == Storage::full ? ENOSPC : EIO;
  return fault == Storage::nothing;
}

int open_file(const char* path, int flags, mode_t mode) {
  const bool watched = below_folder(path) && (flags & (O_WRONLY | O_RDWR | O_DIRECTORY)) != 0;
  if (watched && !passes()) return -1;
  const auto file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (file >= 0) plan.files.at(file) = watched;
  return file;
}

}  // namespace

void start_counting() {
  if (shared == nullptr) {
    shared = static_cast<Watch*>(
        mmap(nullptr, sizeof(Watch), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  }
  *shared = {};
}

void watch(const std::filesystem::path& folder, Storage fault, int64_t at,
           std::function<int64_t(const std::filesystem::path&)> iteration_of) {
  plan.iteration_of = std::move(iteration_of);
  plan.fault = fault;
  plan.at = at;
  plan.folder = folder.string();
}

const Watch& watched() { return *shared; }

}  // namespace faults

// Exported despite the project's default, so that the C++ library's calls are intercepted too.
#pragma GCC visibility push(default)
extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return faults::open_file(path, flags, mode);
}

ssize_t write(int file, const void* bytes, size_t size) {
  if (file >= 0 && file < 4096 && faults::plan.files.at(file)) {
    const auto fault = faults::meet();
    if (fault == faults::Storage::broken) {
      errno = EIO;
      return -1;
    }
    if (fault != faults::Storage::nothing) {
      syscall(SYS_write, file, bytes, size / 2);
      if (fault == faults::Storage::killed) raise(SIGKILL);
      errno = ENOSPC;
      return -1;
    }
  }
  return syscall(SYS_write, file, bytes, size);
}

int fsync(int file) {
  if (file >= 0 && faults::plan.files.at(file) && !faults::passes()) return -1;
  return static_cast<int>(syscall(SYS_fsync, file));
}

int fdatasync(int file) {
  if (file >= 0 && faults::plan.files.at(file) && !faults::passes()) return -1;
  return static_cast<int>(syscall(SYS_fdatasync, file));
}

int close(int file) {
  if (file >= 0 && file < 4096) faults::plan.files.at(file) = false;
  return static_cast<int>(syscall(SYS_close, file));
}

int rename(const char* from, const char* to) noexcept {
  const bool watched = faults::below_folder(to);
  if (watched && !faults::passes()) return -1;
  const auto status = static_cast<int>(syscall(SYS_rename, from, to));
  if (watched && status == 0 && std::string_view(to).ends_with("/last.ckpt")) {
    faults::shared->saved_iteration = faults::plan.iteration_of(to);
  }
  return status;
}

int unlink(const char* path) noexcept {
  if (faults::below_folder(path) && !faults::passes()) return -1;
  return static_cast<int>(syscall(SYS_unlink, path));
}

int truncate(const char* path, off_t size) noexcept {
  if (faults::below_folder(path) && !faults::passes()) return -1;
  return static_cast<int>(syscall(SYS_truncate, path, size));
}
}
#pragma GCC visibility pop
