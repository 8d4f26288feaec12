#include "host/conformance/conformance.h"

#include <iostream>

#include "host/base/exit_status.h"
#include "host/commands/child.h"
#include "host/commands/plugin_commands.h"

namespace host::commands {

int conformance(const ConformanceArguments& arguments) {
  std::cout << arguments.file.string() << std::endl;
  // A plugin may crash in any check: the last name printed shows which.
  const auto ended = to_the_end_in_child([&] {
    const auto outcome =
        host::conformance::check_plugin(arguments.file, arguments.settings, std::cout);
    std::cout << outcome.checks << " checks, " << outcome.failures << " failed\n";
    return outcome.failures == 0 ? 0 : kFailedStatus;
  });
  if (!ended.by_itself.empty()) {
    std::cout << "\nthe plugin ended the process " << ended.by_itself
              << " in the check printed last\n";
  }
  return ended.status;
}

}  // namespace host::commands
