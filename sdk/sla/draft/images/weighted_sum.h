#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sla::images {

/// The weighted sum of `weights.size()` rows of bytes, `stride` bytes apart, rounded and cut off at
/// 0 and 255. The weights are in units of 2^-14 and add up to 1. `sums` is space for as many
/// intermediate results as `out` has bytes. The same on all machines; off by at most 1, because
/// each product is rounded to 2^-7. Any thread.
void weighted_sum(const uint8_t* rows, size_t stride, std::span<const int16_t> weights,
                  std::span<int16_t> sums, uint8_t* out);

}  // namespace sla::images
