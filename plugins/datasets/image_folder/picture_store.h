#pragma once

#include <ATen/core/Tensor.h>
#include <sla/host.h>

#include <cstdint>
#include <vector>

#include "split_list.h"

namespace image_folder {

/// All pictures, decoded and scaled: [entries, 3, size, size] uint8, mapped from a file in the
/// cache that is written at the first use of just these files (by name, length and time of change)
/// and size. Throws sla::Error where a picture cannot be decoded or the cache not be written.
at::Tensor open_pictures(const std::vector<Entry>& entries, int64_t size, sla::Host& host);

}  // namespace image_folder
