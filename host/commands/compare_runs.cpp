#include "host/commands/compare_runs.h"

#include <algorithm>
#include <iostream>

#include "host/base/exit_status.h"
#include "host/run/run_comparison.h"

namespace host::commands {

namespace {

constexpr size_t kShown = 10;

}  // namespace

int print_comparison(const std::filesystem::path& first, const std::filesystem::path& second) {
  const auto comparison =
      run::compare_runs(storage::RunDirectory(first), storage::RunDirectory(second));
  const auto& differences = comparison.differences;
  if (differences.empty()) {
    std::cout << "bit-identical: " << comparison.tensors << " tensors, " << comparison.values
              << " metrics\n";
    return 0;
  }
  std::cout << "different (" << first.string() << " and " << second.string() << "):\n";
  for (size_t i = 0; i < std::min(kShown, differences.size()); ++i) {
    std::cout << "  " << differences[i] << "\n";
  }
  if (differences.size() > kShown) {
    std::cout << "  and " << differences.size() - kShown << " more\n";
  }
  return kDifferentStatus;
}

}  // namespace host::commands
