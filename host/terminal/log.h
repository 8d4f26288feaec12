#pragma once

#include <filesystem>

namespace host::terminal {

/// Sets up the log once, for the whole program: readable lines on standard error that make way for
/// the status line.
void start_log();

/// From now on the log goes to `file` as well, appended. Throws StorageError.
void log_to_file(const std::filesystem::path& file);

}  // namespace host::terminal
