#pragma once

namespace host::commands {

/// Parses the command line, runs the command and returns the exit status. Usage errors print a
/// message and return 2. Throws what the command throws.
int run_command_line(int argument_count, char** arguments);

}  // namespace host::commands
