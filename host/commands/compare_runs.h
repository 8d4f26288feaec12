#pragma once

#include <filesystem>

namespace host::commands {

/// Prints whether two runs are alike bit for bit, with the first differences; returns the exit
/// status. Throws StorageError.
int print_comparison(const std::filesystem::path& first, const std::filesystem::path& second);

}  // namespace host::commands
