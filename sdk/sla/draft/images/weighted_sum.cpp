#include "sla/draft/images/weighted_sum.h"

#include <sla/every_generation.h>

#include <algorithm>

namespace sla::images {

namespace {

/// Bytes are counted from here, so that they fill 16 bits with a sign when multiplied by 256.
constexpr int kMiddle = 128;
/// Sums are in units of 2^-7.
constexpr int kBits = 7;

}  // namespace

SLA_EVERY_GENERATION
void weighted_sum(const uint8_t* rows, size_t stride, std::span<const int16_t> weights,
                  std::span<int16_t> sums, uint8_t* __restrict out) {
  const size_t count = sums.size();
  int16_t* __restrict sum = sums.data();
  std::fill_n(sum, count, int16_t{1 << (kBits - 1)});  // rounds at the end
  for (const int16_t weight : weights) {
    for (size_t i = 0; i < count; ++i) {
      const auto value = static_cast<int16_t>((rows[i] - kMiddle) * 256);
      // Multiplied, shifted right by 15 and rounded: one instruction of x86-64 and of ARM.
      sum[i] += static_cast<int16_t>(((value * weight >> 14) + 1) >> 1);
    }
    rows += stride;
  }
  for (size_t i = 0; i < count; ++i) {
    const auto value = static_cast<int16_t>((sum[i] >> kBits) + kMiddle);
    out[i] = static_cast<uint8_t>(std::clamp<int16_t>(value, 0, 255));
  }
}

}  // namespace sla::images
