#include "tests/benchmark/summing.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/ones.h>

#include "host/commands/processes.h"
#include "host/distributed/group.h"
#include "tests/benchmark/seconds.h"

namespace benchmark {

namespace {

double median_seconds(const host::distributed::Group& group, int64_t bytes, int64_t times) {
  at::Tensor tensor = at::ones({bytes / 4});
  std::vector<double> seconds;
  for (int64_t i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    group.sum(tensor);
    seconds.push_back(seconds_since(start));
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace

int print_sums(int processes, int64_t times) {
  return host::commands::in_processes(processes, [&](const host::distributed::Place& place) {
    at::set_num_threads(1);
    host::distributed::Group group(place);
    group.connect(at::kCPU, std::chrono::seconds(60));
    for (int64_t bytes = 4; bytes <= int64_t{64} << 20; bytes *= 4) {
      const double seconds = median_seconds(group, bytes, times);
      if (!group.is_first()) continue;
      std::printf("%10.1f KiB in %d processes %10.3f ms  %8.1f MiB/s\n",
                  static_cast<double>(bytes) / 1024, processes, 1e3 * seconds,
                  static_cast<double>(bytes) / seconds / (1 << 20));
      std::fflush(stdout);
    }
    return 0;
  });
}

}  // namespace benchmark
