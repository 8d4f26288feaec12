#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <string>

namespace host::storage {

/// Reads the tensors of a file by torch.save, or of a TorchScript archive (torch.jit.save, and
/// torch::save of the C++ frontend): zip archives around a pickle, of which nothing is executed.
/// Flattens nested dictionaries, lists and modules and joins their keys with dots:
/// "model.module.base_model.0.weight". Ignores everything but tensors. Throws StorageError.
std::map<std::string, at::Tensor> read_torch_file(const std::filesystem::path& path);

/// Whether a file is one that read_torch_file() may read: a zip archive, or what torch.save wrote
/// before PyTorch 1.6, which it refuses with advice. Throws StorageError if there is no such file.
bool is_torch_file(const std::filesystem::path& path);

}  // namespace host::storage
