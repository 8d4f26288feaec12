#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "host/plugin/dataset.h"

namespace host::plugin {

/// Reads an image file: [C, H, W], contiguous, on the CPU. Throws StorageError
/// if the file cannot be read. Any thread.
using ImageReader = std::function<at::Tensor(const std::filesystem::path&)>;

/// How the dataset, or its source, reads files that are not its own; nullopt if
/// it does not. The reader keeps it alive.
std::optional<ImageReader> image_reader(const Dataset& dataset);

}  // namespace host::plugin
