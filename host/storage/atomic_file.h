#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace host::storage {

/// Writes a file so that after a crash at any moment either the old or the new content is there,
/// whole: temporary file beside it, fsync, rename, fsync of the folder. `pieces` are written one
/// after the other. Throws StorageError (full disk, no permission) and then leaves the old content.
void write_atomically(const std::filesystem::path& file, std::span<const std::string_view> pieces);
void write_atomically(const std::filesystem::path& file, std::string_view content);

/// Waits until names that were given, changed or removed in a folder are on the disk. Throws
/// StorageError.
void sync_folder(const std::filesystem::path& folder);

/// The whole content of a file. Throws StorageError; DamagedFileError where the disk gives it back
/// no more.
std::vector<char> read_file(const std::filesystem::path& file);

}  // namespace host::storage
