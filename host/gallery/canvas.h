#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace host::gallery {

using Colour = std::array<uint8_t, 3>;

/// A picture to draw on; what lies outside it is left out. Lengths are in pixels, from the top
/// left.
class Canvas {
 public:
  /// White.
  Canvas(int64_t width, int64_t height);

  void fill(int64_t x, int64_t y, int64_t width, int64_t height, Colour colour);

  /// An image [C, H, W] of bytes, C being 1 or 3, each pixel a square of `scale`.
  void draw(const at::Tensor& image, int64_t x, int64_t y, int64_t scale);

  /// A line of text, its top left at (x, y), kLineHeight high; letters outside ASCII as "?".
  void write(const std::string& text, int64_t x, int64_t y);

  static constexpr int64_t kLineHeight = 24;

  /// How wide a line of text becomes.
  static int64_t width_of(const std::string& text);

  /// Text in as many lines as it takes to be at most `width` wide; a word that is wider alone is
  /// cut.
  static std::vector<std::string> wrapped(const std::string& text, int64_t width);

  /// [3, H, W] bytes.
  const at::Tensor& pixels() const { return pixels_; }

 private:
  at::Tensor pixels_;
};

}  // namespace host::gallery
