#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace sla::images {

/// A part of an image, in pixels.
struct Window {
  /// Columns to the left of it.
  int left = 0;
  /// Rows above it.
  int top = 0;
  /// Its columns.
  int width = 0;
  /// Its rows.
  int height = 0;
};

/// Pixels that lie elsewhere: rows of RGB triples.
struct PixelView {
  /// Their position in the whole image at its reduction, and their size.
  Window place = {};
  /// The first row.
  const uint8_t* rgb = nullptr;
  /// Bytes from a row to the next.
  size_t stride = 0;

  /// Bytes of a row.
  size_t row_bytes() const { return static_cast<size_t>(place.width) * 3; }
};

/// Decoded pixels: rows of RGB triples.
struct Pixels {
  /// Their position in the whole image at this reduction, and their size.
  Window place = {};
  /// How many pixels of the file each of them stands for along each side.
  int reduction = 1;
  /// Made by make_space(); not a vector, which would be filled with zeros first.
  std::unique_ptr<uint8_t[]> rgb = {};

  /// Bytes of a row.
  size_t row_bytes() const { return static_cast<size_t>(place.width) * 3; }
  /// Bytes of all rows.
  size_t bytes() const { return row_bytes() * static_cast<size_t>(place.height); }
  /// Makes `rgb` large enough for `place`; its content is undefined.
  void make_space() { rgb = std::make_unique_for_overwrite<uint8_t[]>(bytes()); }

  /// Those in `window`, a part of `place`.
  PixelView in(const Window& window) const {
    const auto down = static_cast<size_t>(window.top - place.top);
    const auto right = static_cast<size_t>(window.left - place.left);
    return {window, rgb.get() + down * row_bytes() + right * 3, row_bytes()};
  }
};

}  // namespace sla::images
