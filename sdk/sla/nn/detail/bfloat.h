#pragma once

#include <cstdint>

namespace sla::nn::detail {

/// The bits of a bfloat16.
using Bfloat = uint16_t;

}  // namespace sla::nn::detail
