#include "host/commands/processes.h"

#include <csignal>

#include <unistd.h>

#include "host/base/exit_status.h"
#include "tests/catch.h"
#include "tests/support/child.h"

namespace {

/// The status of two processes of which rank 1 stops itself, while rank 0 works for `seconds`.
int status_with_a_stopped_one(unsigned int seconds) {
  return tests::wait_for(tests::start_child([&] {
    alarm(60);
    return host::commands::in_processes(2, [&](const host::distributed::Place& place) {
      if (place.rank == 1) raise(SIGSTOP);
      while (seconds > 0) seconds = sleep(seconds);
      return 0;
    });
  }));
}

}  // namespace

TEST_CASE("a stopped process ends the group, whenever it stops", "[distributed]") {
  SECTION("the other has nothing left to do") {
    CHECK(status_with_a_stopped_one(0) == host::kLostProcessStatus);
  }
  SECTION("the other waits for it") {
    CHECK(status_with_a_stopped_one(15) == host::kLostProcessStatus);
  }
}
