#pragma once

#include <filesystem>
#include <string>

namespace host::terminal {

/// Initialises logging for the whole program: readable lines on standard error, printed above the
/// status line.
void start_log();

/// Keeps log and status line from the terminal from now on, and of the log all but warnings and
/// errors, whose lines in the log file begin with `name`: for a process of a group whose first one
/// speaks for all.
void mute(const std::string& name);
bool is_muted();

/// Also appends the log to `file` from now on. Throws StorageError.
void log_to_file(const std::filesystem::path& file);

}  // namespace host::terminal
