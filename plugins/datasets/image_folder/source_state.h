#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>

namespace image_folder {

/// What tells that a file or folder has changed.
struct SourceState {
  int64_t modified = -1;  // in nanoseconds since 1970; -1: it is not there
  int64_t bytes = 0;

  bool operator==(const SourceState&) const = default;
};

inline SourceState state_of(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  constexpr int64_t kPerSecond = 1'000'000'000;
  return {status.st_mtim.tv_sec * kPerSecond + status.st_mtim.tv_nsec, status.st_size};
}

}  // namespace image_folder
