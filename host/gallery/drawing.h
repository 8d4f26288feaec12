#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "host/gallery/gallery.h"

namespace host::gallery {

/// Draws panels below one another with titles, names and captions. If the classes' numbers of
/// training images differ by more than a factor of two, adds a histogram of them. Returns [3, H, W]
/// bytes.
at::Tensor drawing(const std::vector<Panel>& panels, const std::vector<int64_t>& class_counts);

}  // namespace host::gallery
