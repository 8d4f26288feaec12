#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace host::storage {

/// Named tensors on the CPU and the file's own remarks, as the safetensors format holds them: an
/// 8-byte little-endian header length, a JSON header, the raw data.
struct TensorFile {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// The tensors whose names begin with `prefix`, without it.
std::map<std::string, at::Tensor> tensors_below(const std::string& prefix,
                                                const std::map<std::string, at::Tensor>& tensors);

/// The bytes of a safetensors file.
std::vector<char> encode_safetensors(const TensorFile& file);

/// Reads such bytes; `name` stands for them in messages. Throws StorageError at anything that does
/// not fit together, before it allocates what a damaged header asks for.
TensorFile decode_safetensors(std::span<const char> bytes, const std::string& name);

/// Writes atomically; reads. Both throw StorageError.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);
TensorFile read_safetensors(const std::filesystem::path& path);

}  // namespace host::storage
