#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace host::storage {

/// Writes a file so that a crash at any moment leaves either the old or the new content complete:
/// temporary file next to it, fsync, rename, fsync of the folder. A link stays, and the file that
/// it leads to is written; a device or pipe, such as /dev/stdout, is written directly. Writes
/// `pieces` in order. Throws StorageError (full disk, no permission) and then leaves the old
/// content.
void write_atomically(const std::filesystem::path& file, std::span<const std::string_view> pieces);
void write_atomically(const std::filesystem::path& file, std::string_view content);

/// Flushes the creation, renaming and removal of a folder's files to disk. Throws
/// StorageError.
void sync_folder(const std::filesystem::path& folder);

/// Reads a whole file. Throws StorageError; DamagedFileError if the disk cannot return the
/// content.
std::vector<char> read_file(const std::filesystem::path& file);

}  // namespace host::storage
