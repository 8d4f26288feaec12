#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
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

/// The bytes of a safetensors file: its header, then the data of `tensors`.
struct EncodedTensors {
  std::string header;
  std::vector<at::Tensor> tensors;

  /// All bytes, as pieces that point into this object; they may follow one another in a file.
  std::vector<std::string_view> pieces() const;
};

/// Encodes; tensors that are on the CPU and contiguous are shared, not copied.
EncodedTensors encode_safetensors(const TensorFile& file);

/// Reads such bytes; `name` stands for them in messages. Throws StorageError at anything that does
/// not fit together, before it allocates what a damaged header asks for.
TensorFile decode_safetensors(std::span<const char> bytes, const std::string& name);

/// Writes atomically; reads. Both throw StorageError.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);
TensorFile read_safetensors(const std::filesystem::path& path);

}  // namespace host::storage
