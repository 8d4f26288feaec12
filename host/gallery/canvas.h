#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace host::gallery {

using Colour = std::array<uint8_t, 3>;

/// An image to draw on; drawing outside it is clipped. Lengths are in pixels from the top
/// left.
class Canvas {
 public:
  /// White.
  Canvas(int64_t width, int64_t height);

  void fill(int64_t x, int64_t y, int64_t width, int64_t height, Colour colour);

  /// An image [C, H, W] of bytes, C = 1 or 3, each pixel a square of side `scale`.
  void draw(const at::Tensor& image, int64_t x, int64_t y, int64_t scale);

  /// A line of text, its top left at (x, y), kLineHeight high; non-ASCII letters become "?".
  void write(const std::string& text, int64_t x, int64_t y);

  static constexpr int64_t kLineHeight = 24;

  /// The width of a line of text.
  static int64_t width_of(const std::string& text);

  /// Breaks text into lines of at most `width`; a single word that is wider is
  /// cut.
  static std::vector<std::string> wrapped(const std::string& text, int64_t width);

  /// [3, H, W] bytes.
  const at::Tensor& pixels() const { return pixels_; }

 private:
  at::Tensor pixels_;
};

}  // namespace host::gallery
