#pragma once

#include <cstdint>

#include "sla/nn/detail/bfloat.h"
#include "sla/nn/detail/inline.h"

/// Vectors of SLA_LANES channels, loaded from float32 or bfloat16 and stored as either. What works
/// on them has internal linkage, for the reason in inline.h.
namespace sla::nn::detail {

namespace {

constexpr int64_t kLanes = SLA_LANES;

using Vector = float __attribute__((vector_size(kLanes * sizeof(float))));
using VectorBits = uint32_t __attribute__((vector_size(kLanes * sizeof(uint32_t))));
using Halves = Bfloat __attribute__((vector_size(kLanes * sizeof(Bfloat))));

SLA_INLINE Vector load(const float* from) {
  Vector vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}
SLA_INLINE Vector load(const Bfloat* from) {
  Halves halves;
  __builtin_memcpy(&halves, from, sizeof halves);
  return reinterpret_cast<Vector>(__builtin_convertvector(halves, VectorBits) << 16);
}

SLA_INLINE void store(Vector vector, float* to) { __builtin_memcpy(to, &vector, sizeof vector); }
/// Rounds to nearest, ties to even.
SLA_INLINE void store(Vector vector, Bfloat* to) {
  const auto bits = reinterpret_cast<VectorBits>(vector);
  const auto rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const auto halves = __builtin_convertvector(rounded, Halves);
  __builtin_memcpy(to, &halves, sizeof halves);
}

}  // namespace

}  // namespace sla::nn::detail
