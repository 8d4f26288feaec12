#include "host/storage/safetensors.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include <ATen/ops/empty.h>
#include <nlohmann/json.hpp>

#include "host/base/errors.h"
#include "host/storage/atomic_file.h"

namespace host::storage {

namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

constexpr std::array<std::pair<const char*, at::ScalarType>, 9> kTypes{{{"F64", at::kDouble},
                                                                        {"F32", at::kFloat},
                                                                        {"F16", at::kHalf},
                                                                        {"BF16", at::kBFloat16},
                                                                        {"I64", at::kLong},
                                                                        {"I32", at::kInt},
                                                                        {"I16", at::kShort},
                                                                        {"U8", at::kByte},
                                                                        {"BOOL", at::kBool}}};

std::string type_name(at::ScalarType type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  throw StorageError("safetensors cannot store tensors of type " + std::string(at::toString(type)));
}

at::ScalarType type_of(const std::string& name, const std::string& complaint) {
  for (const auto& [known, type] : kTypes) {
    if (name == known) return type;
  }
  throw StorageError(complaint + "has unknown dtype '" + name + "'");
}

/// A list of integers; floats such as 1e300 are not valid sizes or offsets.
std::vector<int64_t> integers(const json& list, const std::string& complaint) {
  for (const json& value : list) {
    if (!value.is_number_integer()) throw StorageError(complaint + "has an invalid size");
  }
  return list.get<std::vector<int64_t>>();
}

/// Decodes one tensor; checks its header against the data's size before allocating.
at::Tensor decode_tensor(const json& entry, std::span<const char> data,
                         const std::string& complaint) {
  const auto type = type_of(entry.at("dtype").get<std::string>(), complaint);
  const auto shape = integers(entry.at("shape"), complaint);
  const auto offsets = integers(entry.at("data_offsets"), complaint);
  uint64_t bytes = c10::elementSize(type);
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, static_cast<uint64_t>(size), &bytes)) {
      throw StorageError(complaint + "has an impossible shape");
    }
  }
  if (offsets.size() != 2) throw StorageError(complaint + "needs two data_offsets");
  if (offsets[0] < 0 || offsets[0] > offsets[1] || offsets[1] > std::ssize(data) ||
      static_cast<uint64_t>(offsets[1] - offsets[0]) != bytes) {
    throw StorageError(complaint + "spans bytes " + std::to_string(offsets[0]) + " to " +
                       std::to_string(offsets[1]) + " of " + std::to_string(data.size()) +
                       ", but its shape needs " + std::to_string(bytes));
  }
  at::Tensor tensor = at::empty(shape, type);
  if (bytes > 0) std::memcpy(tensor.data_ptr(), data.data() + offsets[0], bytes);
  return tensor;
}

}  // namespace

std::map<std::string, at::Tensor> tensors_below(const std::string& prefix,
                                                const std::map<std::string, at::Tensor>& tensors) {
  std::map<std::string, at::Tensor> chosen;
  for (const auto& [name, tensor] : tensors) {
    if (name.starts_with(prefix)) chosen[name.substr(prefix.size())] = tensor;
  }
  return chosen;
}

std::vector<std::string_view> EncodedTensors::pieces() const {
  std::vector<std::string_view> all{header};
  for (const at::Tensor& tensor : tensors) {
    all.emplace_back(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
  }
  return all;
}

EncodedTensors encode_safetensors(const TensorFile& file) {
  EncodedTensors encoded;
  json header = json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  uint64_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    encoded.tensors.push_back(tensor.detach().cpu().contiguous());
    const uint64_t end = offset + encoded.tensors.back().nbytes();
    header[name] = {{"dtype", type_name(tensor.scalar_type())},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // aligns the data to 8 bytes
  const uint64_t length = text.size();
  encoded.header.assign(reinterpret_cast<const char*>(&length), sizeof(length));
  encoded.header += text;
  return encoded;
}

TensorFile decode_safetensors(std::span<const char> bytes, const std::string& name) {
  uint64_t length = 0;
  if (bytes.size() < sizeof(length)) throw StorageError(name + " is truncated");
  std::memcpy(&length, bytes.data(), sizeof(length));
  if (length > bytes.size() - sizeof(length)) {
    throw StorageError(name + " is truncated or not a safetensors file: its header claims " +
                       std::to_string(length) + " bytes of " + std::to_string(bytes.size()));
  }
  const auto header_bytes = bytes.subspan(sizeof(length), length);
  const auto data = bytes.subspan(sizeof(length) + length);
  try {
    const json header = json::parse(header_bytes.begin(), header_bytes.end());
    TensorFile file;
    for (const auto& [key, entry] : header.items()) {
      if (key == "__metadata__") {
        file.metadata = entry.get<std::map<std::string, std::string>>();
      } else {
        file.tensors[key] = decode_tensor(entry, data, name + ": tensor '" + key + "' ");
      }
    }
    return file;
  } catch (const json::exception& error) {
    throw StorageError(name + ": damaged safetensors header: " + error.what());
  }
}

void write_safetensors(const std::filesystem::path& path, const TensorFile& file) {
  const EncodedTensors encoded = encode_safetensors(file);
  write_atomically(path, encoded.pieces());
}

TensorFile read_safetensors(const std::filesystem::path& path) {
  return decode_safetensors(read_file(path), path.string());
}

}  // namespace host::storage
