#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace sla {

/// The available hash functions: SHA-256 to identify files; MD5 only to check archives whose
/// publishers give an MD5.
enum class Digest { sha256, md5 };

/// The digest of bytes as lower-case hexadecimal.
std::string digest(Digest algorithm, std::span<const std::byte> bytes);

/// The digest of the concatenation of texts.
std::string digest(Digest algorithm, std::span<const std::string_view> pieces);

/// Bytes as lower-case hexadecimal, two digits each.
std::string hexadecimal(std::span<const std::byte> bytes);

/// The digest of a file's content as lower-case hexadecimal. Throws sla::Error if the file
/// cannot be read.
std::string file_digest(Digest algorithm, const std::filesystem::path& file);

/// SHA-256 of a list of positions ([n] int64 on the CPU) as little-endian 64-bit integers: equal
/// for equal splits.
std::string index_digest(const at::Tensor& indices);

}  // namespace sla
