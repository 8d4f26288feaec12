#include "sla/nn/detail/batch_norm_kernels.h"

#include <algorithm>
#include <bit>

#include "sla/every_generation.h"

// Loop iterations are independent: no iteration reads what another one writes.
#if defined(__GNUC__) && !defined(__clang__)
#define SLA_INDEPENDENT _Pragma("GCC ivdep")
#else
#define SLA_INDEPENDENT
#endif
// Functions called in a loop must be inlined to be compiled for the loop's ISA level.
#define SLA_INLINE __attribute__((always_inline))

namespace sla::nn::detail {

namespace {

/// Prefetch distance in bytes. The hardware prefetcher stops at page boundaries.
constexpr int64_t kAhead = 1024;
constexpr int64_t kCacheLine = 64;

SLA_INLINE inline float load(const float& value) { return value; }
SLA_INLINE inline float load(const Bfloat& value) {
  return std::bit_cast<float>(static_cast<uint32_t>(value) << 16);
}

SLA_INLINE inline void store(float value, float& to) { to = value; }
/// Rounds to nearest, ties to even.
SLA_INLINE inline void store(float value, Bfloat& to) {
  const auto bits = std::bit_cast<uint32_t>(value);
  to = static_cast<Bfloat>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

template <typename T>
SLA_INLINE inline void prefetch(const T* strip) {
  const char* ahead = reinterpret_cast<const char*>(strip) + kAhead;
  for (int64_t i = 0; i < kStrip * static_cast<int64_t>(sizeof(T)); i += kCacheLine) {
    __builtin_prefetch(ahead + i);
  }
}

/// Calls strip(first value, first entry of the tables, length); the length is a constant except for
/// the last strip.
template <typename Strip>
SLA_INLINE inline void for_each_strip(int64_t count, int64_t period, Strip strip) {
  int64_t entry = 0;
  int64_t value = 0;
  for (; value + kStrip <= count; value += kStrip) {
    strip(value, entry, kStrip);
    entry = entry + kStrip == period ? 0 : entry + kStrip;
  }
  if (value < count) strip(value, entry, count - value);
}

template <typename T>
SLA_INLINE inline void add_moments_of(const T* x, const float* shift, ChannelSums sums,
                                      int64_t count, int64_t period) {
  for_each_strip(count, period, [=](int64_t value, int64_t entry, int64_t length) SLA_INLINE {
    const T* __restrict in = x + value;
    const float* __restrict centre = shift + entry;
    float* __restrict sum = sums.first + entry;
    float* __restrict square = sums.second + entry;
    prefetch(in);
    SLA_INDEPENDENT
    for (int64_t i = 0; i < length; ++i) {
      const float difference = load(in[i]) - centre[i];
      sum[i] += difference;
      square[i] += difference * difference;
    }
  });
}

template <bool HasResidual, typename T>
SLA_INLINE inline void activate_of(Activation<T> at, Affine tables, int64_t count, int64_t period) {
  for_each_strip(count, period, [=](int64_t value, int64_t entry, int64_t length) SLA_INLINE {
    const T* __restrict in = at.x + value;
    const T* __restrict residual = at.residual + (HasResidual ? value : 0);
    const float* __restrict scale = tables.scale + entry;
    const float* __restrict shift = tables.shift + entry;
    T* __restrict out = at.y + value;
    prefetch(in);
    if (HasResidual) prefetch(residual);
    SLA_INDEPENDENT
    for (int64_t i = 0; i < length; ++i) {
      float sum = load(in[i]) * scale[i] + shift[i];
      if (HasResidual) sum += load(residual[i]);
      // This operand order propagates NaN.
      store(0.0F > sum ? 0.0F : sum, out[i]);
    }
  });
}

/// dy where y > 0 or y is NaN, as in ReLU's own gradient. Uses a mask, because otherwise the
/// compiler makes the load of dy depend on y and does not vectorise the loop.
template <typename T>
SLA_INLINE inline float masked(const T& dy, const T& y) {
  const uint32_t mask = load(y) <= 0.0F ? 0 : ~uint32_t{0};
  return std::bit_cast<float>(std::bit_cast<uint32_t>(load(dy)) & mask);
}

template <bool KeepsG, typename T>
SLA_INLINE inline void add_gradients_of(Gradient<T> at, const float* mean, T* g, ChannelSums sums,
                                        int64_t count, int64_t period) {
  for_each_strip(count, period, [=](int64_t value, int64_t entry, int64_t length) SLA_INLINE {
    const T* __restrict dy = at.dy + value;
    const T* __restrict y = at.y + value;
    const T* __restrict x = at.x + value;
    const float* __restrict centre = mean + entry;
    float* __restrict sum = sums.first + entry;
    float* __restrict product = sums.second + entry;
    T* __restrict kept = g + (KeepsG ? value : 0);
    prefetch(dy);
    prefetch(y);
    prefetch(x);
    SLA_INDEPENDENT
    for (int64_t i = 0; i < length; ++i) {
      const float gradient = masked(dy[i], y[i]);
      sum[i] += gradient;
      product[i] += gradient * (load(x[i]) - centre[i]);
      if (KeepsG) store(gradient, kept[i]);
    }
  });
}

template <bool Masked, typename T>
SLA_INLINE inline void propagate_of(Gradient<T> at, T* dx, InputGradientTables tables,
                                    int64_t count, int64_t period) {
  for_each_strip(count, period, [=](int64_t value, int64_t entry, int64_t length) SLA_INLINE {
    const T* __restrict dy = at.dy + value;
    const T* __restrict y = at.y + (Masked ? value : 0);
    const T* __restrict x = at.x + value;
    const float* __restrict mean = tables.mean + entry;
    const float* __restrict scale = tables.scale + entry;
    const float* __restrict slope = tables.slope + entry;
    const float* __restrict shift = tables.shift + entry;
    T* __restrict out = dx + value;
    prefetch(dy);
    if (Masked) prefetch(y);
    prefetch(x);
    SLA_INDEPENDENT
    for (int64_t i = 0; i < length; ++i) {
      const float gradient = Masked ? masked(dy[i], y[i]) : load(dy[i]);
      store(scale[i] * gradient + slope[i] * (load(x[i]) - mean[i]) + shift[i], out[i]);
    }
  });
}

}  // namespace

void read(const float* from, int64_t count, float* to) { std::copy_n(from, count, to); }

void read(const Bfloat* from, int64_t count, float* to) {
  for (int64_t i = 0; i < count; ++i) to[i] = load(from[i]);
}

SLA_EVERY_GENERATION
void add_moments(const float* x, const float* shift, ChannelSums sums, int64_t count,
                 int64_t period) {
  add_moments_of(x, shift, sums, count, period);
}

SLA_EVERY_GENERATION
void add_moments(const Bfloat* x, const float* shift, ChannelSums sums, int64_t count,
                 int64_t period) {
  add_moments_of(x, shift, sums, count, period);
}

SLA_EVERY_GENERATION
void activate(Activation<float> at, Affine tables, int64_t count, int64_t period) {
  if (at.residual != nullptr) return activate_of<true>(at, tables, count, period);
  activate_of<false>(at, tables, count, period);
}

SLA_EVERY_GENERATION
void activate(Activation<Bfloat> at, Affine tables, int64_t count, int64_t period) {
  if (at.residual != nullptr) return activate_of<true>(at, tables, count, period);
  activate_of<false>(at, tables, count, period);
}

SLA_EVERY_GENERATION
void add_gradients(Gradient<float> at, const float* mean, float* g, ChannelSums sums, int64_t count,
                   int64_t period) {
  if (g != nullptr) return add_gradients_of<true>(at, mean, g, sums, count, period);
  add_gradients_of<false>(at, mean, g, sums, count, period);
}

SLA_EVERY_GENERATION
void add_gradients(Gradient<Bfloat> at, const float* mean, Bfloat* g, ChannelSums sums,
                   int64_t count, int64_t period) {
  if (g != nullptr) return add_gradients_of<true>(at, mean, g, sums, count, period);
  add_gradients_of<false>(at, mean, g, sums, count, period);
}

SLA_EVERY_GENERATION
void propagate(Gradient<float> at, float* dx, InputGradientTables tables, int64_t count,
               int64_t period) {
  if (at.y != nullptr) return propagate_of<true>(at, dx, tables, count, period);
  propagate_of<false>(at, dx, tables, count, period);
}

SLA_EVERY_GENERATION
void propagate(Gradient<Bfloat> at, Bfloat* dx, InputGradientTables tables, int64_t count,
               int64_t period) {
  if (at.y != nullptr) return propagate_of<true>(at, dx, tables, count, period);
  propagate_of<false>(at, dx, tables, count, period);
}

}  // namespace sla::nn::detail
