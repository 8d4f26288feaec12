#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace sla {

/// Shape and dtype of a tensor for messages: "[2, 3] Float", or "an undefined tensor".
std::string describe(const at::Tensor& tensor);

}  // namespace sla
