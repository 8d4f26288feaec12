#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <string>

namespace host::storage {

/// Reads the tensors of a file that PyTorch's torch.save wrote (a zip archive around a pickle),
/// without running any of it. Nested dictionaries and lists are flattened, their keys joined by
/// dots: "model.module.base_model.0.weight". Everything that is no tensor is passed over. Throws
/// StorageError.
std::map<std::string, at::Tensor> read_torch_file(const std::filesystem::path& path);

}  // namespace host::storage
