#include "host/run/run_lock.h"

#include <unistd.h>

#include <csignal>

#include "host/base/errors.h"
#include "tests/catch.h"
#include "tests/support/child.h"
#include "tests/support/scratch_folder.h"

using host::run::RunLock;

TEST_CASE("a run directory belongs to one program until it ends, in any way", "[storage]") {
  const tests::ScratchFolder folder;
  const auto file = folder / "lock";
  std::array<int, 2> ready{};
  REQUIRE(pipe(ready.data()) == 0);
  const pid_t holder = tests::start_child([&] {
    const RunLock lock(file);
    (void)!write(ready[1], "x", 1);
    pause();
    return 0;
  });
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  CHECK_THROWS_WITH(RunLock(file),
                    ContainsSubstring("run directory " + folder.path().string() +
                                      " is in use by process " + std::to_string(holder) + " on ") &&
                        ContainsSubstring("choose another directory with --out"));
  kill(holder, SIGKILL);
  CHECK(tests::wait_for(holder) == 128 + SIGKILL);
  CHECK_NOTHROW(RunLock(file));
  const RunLock again(file);
  CHECK_THROWS_AS(RunLock(file), host::StorageError);
}
