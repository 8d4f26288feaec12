#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "host/gallery/gallery.h"

namespace host::gallery {

/// Panels below one another with their titles, names and captions and, where classes have unequal
/// numbers of training images, by more than a factor of two, a histogram of these: [3, H, W]
/// bytes.
at::Tensor drawing(const std::vector<Panel>& panels, const std::vector<int64_t>& class_counts);

}  // namespace host::gallery
