#include "host/base/processors.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

namespace host {

namespace {

namespace fs = std::filesystem;

int in_affinity_mask() {
  // Larger masks than the fixed cpu_set_t exist on machines with more than 1024 processors.
  for (int size = CPU_SETSIZE; size <= CPU_SETSIZE * 64; size *= 4) {
    cpu_set_t* mask = CPU_ALLOC(size);
    const bool known = sched_getaffinity(0, CPU_ALLOC_SIZE(size), mask) == 0;
    const int count = known ? CPU_COUNT_S(CPU_ALLOC_SIZE(size), mask) : 0;
    CPU_FREE(mask);
    if (known) return count;
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

/// The path of this process's control group for `controller` (empty: version 2), from lines such
/// as "4:cpu,cpuacct:/docker/1f" and "0::/docker/1f".
fs::path control_group(const std::string& controller) {
  std::string wanted = ",";
  wanted += controller;
  wanted += ',';
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    std::string controllers = ",";
    controllers.append(line, first + 1, second - first - 1);
    controllers += ',';
    if (controllers.find(wanted) != std::string::npos) return line.substr(second + 1);
  }
  return "/";
}

/// Processors that a control group grants, from its quota and period in microseconds.
std::optional<double> granted(const fs::path& group, bool second_version) {
  double quota = 0;
  double period = 0;
  if (second_version) {
    std::ifstream(group / "cpu.max") >> quota >> period;  // "max 100000" leaves both at 0
  } else {
    std::ifstream(group / "cpu.cfs_quota_us") >> quota;  // -1: none
    std::ifstream(group / "cpu.cfs_period_us") >> period;
  }
  if (quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

/// The smallest quota of the process's control group and those above it. A container sees its own
/// group as the root.
std::optional<double> quota_of_control_groups() {
  std::optional<double> least;
  const auto look = [&](const fs::path& root, const fs::path& group, bool second_version) {
    for (fs::path below = group.relative_path();; below = below.parent_path()) {
      const auto processors = granted(root / below, second_version);
      if (processors) least = std::min(*processors, least.value_or(*processors));
      if (below.empty()) return;
    }
  };
  look("/sys/fs/cgroup", control_group(""), true);
  look("/sys/fs/cgroup/cpu", control_group("cpu"), false);
  return least;
}

/// OMP_NUM_THREADS, whose first number counts for the outermost level ("4,2").
std::optional<int> wanted_threads() {
  const char* text = std::getenv("OMP_NUM_THREADS");
  const int wanted = text == nullptr ? 0 : std::atoi(text);
  if (wanted < 1) return std::nullopt;
  return wanted;
}

}  // namespace

int usable_processors() {
  int processors = in_affinity_mask();
  if (const auto quota = quota_of_control_groups()) {
    processors = std::min(processors, static_cast<int>(std::ceil(*quota)));
  }
  if (const auto wanted = wanted_threads()) processors = std::min(processors, *wanted);
  return std::max(1, processors);
}

int usable_processors_each(int64_t processes) {
  return static_cast<int>(std::max<int64_t>(1, usable_processors() / processes));
}

}  // namespace host
