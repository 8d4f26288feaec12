#pragma once

#include <cstdint>

namespace tests {

/// What a device would have to wait for, or copy.
struct Traffic {
  /// Reads of a number by the host (item()), each of which waits for the device.
  int64_t scalars_read = 0;
  /// Tensors copied between host and device.
  int64_t copies_to_device = 0;
  int64_t copies_to_host = 0;
};

/// Registers the device "privateuseone" with LibTorch, for the rest of the process: its tensors are
/// in the host's memory and the CPU computes with them, but LibTorch keeps them apart as it keeps a
/// GPU's: an operation that mixes devices throws. What a GPU would wait for is counted.
void register_counting_backend();

/// What has been counted since the last call.
Traffic take_traffic();

}  // namespace tests
