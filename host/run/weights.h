#pragma once

#include "host/storage/safetensors.h"

namespace host::run {

/// Prefix of the names of a network's tensors in a checkpoint.
inline constexpr const char* kNetworkPrefix = "network.";

/// A checkpoint's network weights, with the experiment and the task they belong to.
storage::TensorFile weights_in(const storage::TensorFile& checkpoint);

}  // namespace host::run
