#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>

/// What the operations share about pixels: bytes are computed on as float32 and truncated, like
/// torchvision's.
namespace image_operations {

template <typename T>
inline constexpr bool kIsByte = std::is_same_v<T, uint8_t>;

/// The type to compute in.
template <typename T>
using Real = std::conditional_t<kIsByte<T>, float, T>;

/// The value of white.
template <typename T>
inline constexpr int kWhite = kIsByte<T> ? 255 : 1;

/// A computed value as a pixel, clipped to the range. Bytes are clipped as integers, because
/// compilers vectorise that.
template <typename T>
T clipped(Real<T> value) {
  if constexpr (kIsByte<T>) {
    return static_cast<T>(std::clamp(static_cast<int>(value), 0, 255));
  } else {
    return std::clamp(value, T{0}, T{1});
  }
}

/// Replaces each pixel by `change` of it; for bytes through a table of all 256 results.
template <typename T, typename Change>
void change_each(T* pixels, int64_t count, Change change) {
  if constexpr (kIsByte<T>) {
    std::array<T, 256> table;
    for (size_t value = 0; value < 256; ++value) table[value] = change(static_cast<T>(value));
    for (int64_t i = 0; i < count; ++i) pixels[i] = table[pixels[i]];
  } else {
    for (int64_t i = 0; i < count; ++i) pixels[i] = change(pixels[i]);
  }
}

}  // namespace image_operations
