#include "sla/draft/images/resample.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "sla/draft/images/weighted_sum.h"

namespace sla::images {

namespace {

constexpr size_t kRgb = 3;
/// Bytes are transposed in squares of this side.
constexpr int kTile = 16;

using TileRow = uint8_t __attribute__((vector_size(kTile)));

size_t whole_tiles(size_t bytes) { return (bytes + kTile - 1) / kTile * kTile; }

/// Transposes a tile whose rows are `from_stride` and `to_stride` bytes apart: of each half of the
/// rows one is interleaved with one of the other, and so again until all have met.
void transpose(const uint8_t* from, size_t from_stride, uint8_t* to, size_t to_stride) {
  std::array<TileRow, kTile> rows;
  std::array<TileRow, kTile> mixed;
  for (TileRow& row : rows) {
    std::memcpy(&row, from, kTile);
    from += from_stride;
  }
  for (int round = 1; round < kTile; round *= 2) {
    for (size_t i = 0; i < kTile / 2; ++i) {
      const TileRow a = rows[i];
      const TileRow b = rows[i + kTile / 2];
      mixed[2 * i] =
          __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      mixed[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
                                                 14, 30, 15, 31);
    }
    rows = mixed;
  }
  for (const TileRow& row : rows) {
    std::memcpy(to, &row, kTile);
    to += to_stride;
  }
}

/// Writes a tile, or its upper left part of `width` x `height` bytes.
void write(const uint8_t* tile, int width, int height, uint8_t* to, const Layout& layout) {
  for (int y = 0; y < height; ++y, tile += kTile, to += layout.down) {
    if (layout.right == 1 && width == kTile) {
      std::memcpy(to, tile, kTile);
    } else {
      for (int x = 0; x < width; ++x) to[x * layout.right] = tile[x];
    }
  }
}

/// An image that has been scaled down its columns, and transposed: values (x, colour, y).
struct Columns {
  size_t lines;  // y's, in whole tiles
  std::unique_ptr<uint8_t[]> bytes;
};

Columns scaled_down(const PixelView& source, const Axis& axis, Filter filter) {
  const Taps taps(axis.clipped(source.place.top, source.place.height), filter);
  const size_t bytes = source.row_bytes();
  const size_t width = whole_tiles(bytes);
  Columns columns{whole_tiles(static_cast<size_t>(axis.count)), {}};
  columns.bytes = std::make_unique_for_overwrite<uint8_t[]>(width * columns.lines);
  std::vector<int16_t> sums(bytes);
  std::vector<uint8_t> strip(width * kTile);
  for (int top = 0; top < axis.count; top += kTile) {
    for (int y = top; y < std::min(top + kTile, axis.count); ++y) {
      const auto first = static_cast<size_t>(taps.first(y) - source.place.top);
      weighted_sum(source.rgb + first * source.stride, source.stride, taps.weights(y), sums,
                   strip.data() + static_cast<size_t>(y - top) * width);
    }
    for (size_t i = 0; i < width; i += kTile) {
      transpose(strip.data() + i, width, columns.bytes.get() + i * columns.lines + top,
                columns.lines);
    }
  }
  return columns;
}

}  // namespace

void resample(const PixelView& source, const Axis& horizontal, const Axis& vertical, Filter filter,
              const Layout& layout, uint8_t* planes) {
  // Down first: it leaves few lines for the other direction, which works on transposed ones, as
  // sums along adjacent bytes are fast.
  const Columns columns = scaled_down(source, vertical, filter);
  const Taps taps(horizontal.clipped(source.place.left, source.place.width), filter);
  const size_t stride = kRgb * columns.lines;
  std::vector<int16_t> sums(stride);
  std::vector<uint8_t> strip(stride * kTile);
  std::array<uint8_t, kTile * kTile> tile;
  for (int left = 0; left < horizontal.count; left += kTile) {
    const int width = std::min(kTile, horizontal.count - left);
    for (int x = 0; x < width; ++x) {
      const auto first = static_cast<size_t>(taps.first(left + x) - source.place.left);
      weighted_sum(columns.bytes.get() + first * stride, stride, taps.weights(left + x), sums,
                   strip.data() + static_cast<size_t>(x) * stride);
    }
    for (size_t i = 0; i < stride; i += kTile) {
      const auto colour = static_cast<int64_t>(i / columns.lines);
      const auto top = static_cast<int>(i % columns.lines);
      transpose(strip.data() + i, stride, tile.data(), kTile);
      write(tile.data(), width, std::min(kTile, vertical.count - top),
            planes + layout.first + colour * layout.plane + left * layout.right + top * layout.down,
            layout);
    }
  }
}

}  // namespace sla::images
