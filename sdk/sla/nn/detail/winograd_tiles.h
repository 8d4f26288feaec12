#pragma once

#include <cstdint>

#include "sla/nn/detail/vectors.h"
#include "sla/nn/detail/winograd_kernels.h"

/// Where the tiles of activations lie in memory.
namespace sla::nn::detail {

namespace {

/// Apart from a multiple of the cache's size, so that one channel's points do not evict each other.
inline int64_t point_stride(int64_t channels) { return kTiles * channels + 16; }

/// A tile's place in activations [count, height, width, channels] of which only each `step`th pixel
/// in both directions exists.
struct Tile {
  Tile(const Grid& grid, int64_t tile, int64_t channels_, int64_t step_)
      : channels(channels_), step(step_) {
    const int64_t image = tile / (grid.rows() * grid.columns());
    row = tile / grid.columns() % grid.rows() * 4;
    column = tile % grid.columns() * 4;
    rows = grid.height - row < 4 ? grid.height - row : 4;
    columns = grid.width - column < 4 ? grid.width - column : 4;
    line = (grid.width + step - 1) / step * channels;
    first =
        (image * ((grid.height + step - 1) / step) + row / step) * line + column / step * channels;
  }

  /// The index of pixel (y, x) of the tile, which must exist; its first channel's.
  int64_t index(int64_t y, int64_t x) const {
    return first + y / step * line + x / step * channels;
  }

  /// The tile below will be needed soon: the hardware does not follow several lines at once.
  template <bool ForWriting, typename T>
  SLA_INLINE void prefetch_below(const T* values) const {
    constexpr int64_t kCacheLine = 64;
    for (int64_t y = 4; y < 8; y += step) {
      const char* below = reinterpret_cast<const char*>(values + index(y, 0));
      for (int64_t at = 0; at < 4 / step * channels * int64_t{sizeof(T)}; at += kCacheLine) {
        __builtin_prefetch(below + at, ForWriting ? 1 : 0, 2);
      }
    }
  }

  int64_t channels;
  int64_t step;
  int64_t row;
  int64_t column;
  /// Of the outputs within the image.
  int64_t rows;
  int64_t columns;
  /// Values in a line of pixels.
  int64_t line;
  /// Index of the first pixel.
  int64_t first;
};

/// The 6x6 pixels of a tile and around it; null: beyond the image's edge, or missing.
template <typename T>
struct Surroundings {
  Surroundings(const Grid& grid, const Tile& tile, const T* values) {
    for (int64_t y = -1; y < 5; ++y) {
      const bool row_exists =
          is_below(tile.row + y, grid.height) && (tile.row + y) % tile.step == 0;
      for (int64_t x = -1; x < 5; ++x) {
        const bool exists = row_exists && is_below(tile.column + x, grid.width) &&
                            (tile.column + x) % tile.step == 0;
        pixels[y + 1][x + 1] = exists ? values + tile.index(y, x) : nullptr;
      }
    }
  }

  static bool is_below(int64_t value, int64_t limit) {
    return static_cast<uint64_t>(value) < static_cast<uint64_t>(limit);
  }

  const T* pixels[6][6];
};

/// A range of channels.
struct Range {
  int64_t first;
  int64_t last;
  int64_t width() const { return last - first; }
};

}  // namespace

}  // namespace sla::nn::detail
