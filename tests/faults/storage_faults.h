#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace faults {

/// A fault at one of the calls that write a run to disk (open, write, sync, rename, ...).
enum class Storage {
  nothing,
  /// The program is killed before the call; in a write, after half of the bytes.
  killed,
  /// The call fails as if the disk were full; a write after half of the bytes.
  full,
  /// The call fails as if the disk were broken.
  broken
};

/// State shared between a process and its children.
struct Watch {
  /// Storage calls on the watched folder so far.
  int64_t calls = 0;
  /// The iteration of the newest checkpoint renamed into place; 0: none.
  int64_t saved_iteration = 0;
  /// Whether the fault occurred.
  bool happened = false;
};

/// Resets the counts; call it before starting a child that calls watch().
void start_counting();

/// From now on, storage call number `at` (from 1) in this process on files below `folder` has the
/// fault `fault`. `iteration_of` reads a checkpoint.
void watch(const std::filesystem::path& folder, Storage fault, int64_t at,
           std::function<int64_t(const std::filesystem::path&)> iteration_of);

/// The child's counts.
const Watch& watched();

}  // namespace faults
