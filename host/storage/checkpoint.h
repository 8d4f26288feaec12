#pragma once

#include <filesystem>

#include "host/storage/safetensors.h"

namespace host::storage {

/// Writes a checkpoint atomically: a magic line, the SHA-256 of the rest, and the rest in the
/// safetensors format. Throws StorageError.
void write_checkpoint(const std::filesystem::path& path, const TensorFile& content);

/// Reads a checkpoint. Throws DamagedFileError if the file is truncated or any bit of it has
/// changed, StorageError if it cannot be read.
TensorFile read_checkpoint(const std::filesystem::path& path);

}  // namespace host::storage
