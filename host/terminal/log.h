#pragma once

#include <filesystem>

namespace host::terminal {

/// Initialises logging for the whole program: readable lines on standard error, printed above the
/// status line.
void start_log();

/// Also appends the log to `file` from now on. Throws StorageError.
void log_to_file(const std::filesystem::path& file);

}  // namespace host::terminal
