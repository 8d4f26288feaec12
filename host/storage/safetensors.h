#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace host::storage {

/// Named CPU tensors and the file's metadata. Layout of a safetensors file: an 8-byte little-endian
/// header length, a JSON header, the raw data.
struct TensorFile {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// The tensors whose names begin with `prefix`, with the prefix removed.
std::map<std::string, at::Tensor> tensors_below(const std::string& prefix,
                                                const std::map<std::string, at::Tensor>& tensors);

/// The content of a safetensors file: its header, then the data of `tensors`.
struct EncodedTensors {
  std::string header;
  std::vector<at::Tensor> tensors;

  /// All bytes in order, as pieces that point into this object.
  std::vector<std::string_view> pieces() const;
};

/// Encodes; contiguous CPU tensors are shared, not copied.
EncodedTensors encode_safetensors(const TensorFile& file);

/// Decodes the content of a file; `name` is its name for messages. Throws StorageError if it is
/// inconsistent, before allocating what a damaged header asks for.
TensorFile decode_safetensors(std::span<const char> bytes, const std::string& name);

/// Write (atomically) and read files. Both throw StorageError.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);
TensorFile read_safetensors(const std::filesystem::path& path);

}  // namespace host::storage
