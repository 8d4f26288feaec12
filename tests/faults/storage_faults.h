#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace faults {

/// What happens at one of the calls that write a run to the disk (open, write, sync, rename, ...).
enum class Storage {
  nothing,
  /// The program is killed before the call; in a write, after half of the bytes.
  killed,
  /// The call fails as on a full disk; a write after half of the bytes.
  full,
  /// The call fails as on a broken disk.
  broken
};

/// What a process and those that it starts know together.
struct Watch {
  /// Storage calls on the watched folder so far.
  int64_t calls = 0;
  /// The iteration of the newest checkpoint that took its place; 0: none did.
  int64_t saved_iteration = 0;
  /// Whether the fault happened.
  bool happened = false;
};

/// Starts the counts again; to be called before a child is started that calls watch().
void start_counting();

/// From now on, in this process, the storage call number `at` (from 1) on files below `folder`
/// meets `fault`. `iteration_of` reads a checkpoint.
void watch(const std::filesystem::path& folder, Storage fault, int64_t at,
           std::function<int64_t(const std::filesystem::path&)> iteration_of);

/// What the child counted.
const Watch& watched();

}  // namespace faults
