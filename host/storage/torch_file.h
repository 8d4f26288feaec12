#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <string>

namespace host::storage {

/// Reads the tensors of a torch.save file (a zip archive around a pickle) without
/// executing any of it. Flattens nested dictionaries and lists and joins their keys with
/// dots: "model.module.base_model.0.weight". Ignores everything but tensors. Throws
/// StorageError.
std::map<std::string, at::Tensor> read_torch_file(const std::filesystem::path& path);

}  // namespace host::storage
