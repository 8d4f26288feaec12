#pragma once

#include <filesystem>

#include "host/storage/run_directory.h"
#include "host/storage/safetensors.h"

namespace host::assembly {

/// Prefixes of tensor names in a checkpoint: of the network, and of the moving averages of its
/// weights, if the run keeps them.
inline constexpr const char* kNetworkPrefix = "network.";
inline constexpr const char* kAveragePrefix = "average.";

/// The weights of a checkpoint that are evaluated: the moving averages if there are any, else the
/// network's. With the experiment and the task they belong to as metadata.
storage::TensorFile weights_in(const storage::TensorFile& checkpoint);

/// The weights in a run directory (its best checkpoint), a checkpoint, a safetensors file, or a
/// file of PyTorch; `experiment` and `task` are in the metadata if this program wrote it. Throws
/// StorageError.
storage::TensorFile read_weights(const std::filesystem::path& source);

/// The weights of a finished run. Throws StorageError if it is missing, unfinished or of an older
/// version.
storage::TensorFile read_finished_weights(const storage::RunDirectory& run);

}  // namespace host::assembly
