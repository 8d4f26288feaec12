#include "host/training/contention.h"

#include <sched.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/catch.h"
#include "tests/support/skip.h"

using host::training::Contention;

namespace {

constexpr std::chrono::milliseconds kPeriod(400);

/// Lets the calling thread, and those that it starts, run on one processor only, until the end of
/// the scope.
class OneProcessor {
 public:
  OneProcessor() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  }
  ~OneProcessor() { sched_setaffinity(0, sizeof before_, &before_); }

  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t before_{};
};

void compute_for(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

/// What is found after a period in which `others` threads want the same processor.
std::optional<std::string> finding_beside(int others, int threads) {
  const OneProcessor one;
  Contention contention(threads, kPeriod);
  CHECK(!contention.finding());  // too early
  std::atomic<bool> done = false;
  std::vector<std::thread> busy;
  for (int i = 0; i < others; ++i) {
    busy.emplace_back([&] {
      while (!done) {
      }
    });
  }
  compute_for(kPeriod);
  const auto finding = contention.finding();
  CHECK(!contention.finding());  // said once, or too early again
  done = true;
  for (auto& thread : busy) thread.join();
  return finding;
}

}  // namespace

TEST_CASE("a run whose processors are used by others is told to take fewer threads", "[training]") {
  if (!std::filesystem::exists("/proc/thread-self/schedstat")) {
    return tests::skip("this kernel keeps no statistics of its scheduler");
  }
  const auto finding = finding_beside(3, 2);
  REQUIRE(finding);
  CHECK_THAT(*finding, ContainsSubstring("runtime.threads = 1 instead of 2"));
  CHECK(!finding_beside(3, 1));
}
