#pragma once

#include <filesystem>

namespace host::commands {

/// Prints whether two runs are bit-identical, with the first differences, and returns the exit
/// status. Throws StorageError.
int print_comparison(const std::filesystem::path& first, const std::filesystem::path& second);

}  // namespace host::commands
