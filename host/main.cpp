#include "host/commands/command_line.h"
#include "host/commands/report_errors.h"
#include "host/terminal/log.h"

int main(int argument_count, char** arguments) {
  return host::commands::report_errors([&] {
    host::terminal::start_log();
    return host::commands::run_command_line(argument_count, arguments);
  });
}
