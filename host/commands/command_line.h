#pragma once

namespace host::commands {

/// Parses the command line and runs the command that it names; returns the exit status. Wrong usage
/// gets a message and status 2. Throws what the command throws.
int run_command_line(int argument_count, char** arguments);

}  // namespace host::commands
