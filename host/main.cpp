#include "host/commands/command_line.h"
#include "host/commands/report_errors.h"
#include "host/plugin/crash.h"
#include "host/terminal/log.h"
#include "host/terminal/standard_streams.h"

int main(int argument_count, char** arguments) {
  host::terminal::open_standard_streams();
  return host::commands::report_errors([&] {
    host::terminal::start_log();
    host::plugin::report_crashes();
    const int status = host::commands::run_command_line(argument_count, arguments);
    host::terminal::finish_output();
    return status;
  });
}
