#include "host/conformance/conformance.h"

#include <iostream>

#include "host/commands/child.h"
#include "host/commands/commands.h"

namespace host::commands {

namespace {

constexpr int kFailedStatus = 4;

}  // namespace

int conformance(const ConformanceArguments& arguments) {
  // A plugin may crash in any of the checks; then the last one printed is the one.
  const int status = in_child([&] {
    const auto outcome =
        host::conformance::check_plugin(arguments.file, arguments.settings, std::cout);
    std::cout << outcome.checks << " checks, " << outcome.failures << " failed\n";
    return outcome.failures == 0 ? 0 : kFailedStatus;
  });
  if (is_crash(status)) {
    std::cout << "\nthe plugin ended the program with signal " << status - 128
              << " in the check above\n";
  }
  return status;
}

}  // namespace host::commands
