#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace sla {

/// The positions of each class's images, ascending: entry c lists the positions of label c in
/// `labels` ([n] int64 on the CPU, each in [0, classes)); empty for a class without images.
std::vector<std::vector<int64_t>> class_positions(const at::Tensor& labels, int64_t classes);

}  // namespace sla
