#include <unistd.h>

#include <cstdio>

#include "host/commands/command_line.h"
#include "host/commands/report_errors.h"
#include "host/plugin/crash.h"
#include "host/terminal/log.h"
#include "host/terminal/standard_streams.h"

namespace {

/// Ends the process without the destructors of globals: in LibTorch's, which take its tables of
/// operators apart, a short command spends a fifth of its time.
int leave(int status) {
#ifndef __SANITIZE_ADDRESS__  // looks for leaks at the end
  std::fflush(nullptr);
  _exit(status);
#endif
  return status;
}

}  // namespace

int main(int argument_count, char** arguments) {
  host::terminal::open_standard_streams();
  return leave(host::commands::report_errors([&] {
    host::terminal::start_log();
    host::plugin::report_crashes();
    const int status = host::commands::run_command_line(argument_count, arguments);
    host::terminal::finish_output();
    return status;
  }));
}
