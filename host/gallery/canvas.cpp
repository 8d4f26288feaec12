#include "host/gallery/canvas.h"

#include <stb/stb_easy_font.h>

#include <ATen/ops/full.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace host::gallery {

namespace {

constexpr int64_t kTextScale = 2;  // the font's letters are about 6 x 9 pixels
constexpr Colour kInk{32, 36, 44};

std::string ascii(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace

Canvas::Canvas(int64_t width, int64_t height)
    : pixels_(at::full({3, height, width}, 255, at::kByte)) {}

void Canvas::fill(int64_t x, int64_t y, int64_t width, int64_t height, Colour colour) {
  const int64_t left = std::clamp<int64_t>(x, 0, pixels_.size(2));
  const int64_t right = std::clamp<int64_t>(x + width, left, pixels_.size(2));
  const int64_t top = std::clamp<int64_t>(y, 0, pixels_.size(1));
  const int64_t bottom = std::clamp<int64_t>(y + height, top, pixels_.size(1));
  for (int64_t c = 0; c < 3; ++c) {
    pixels_[c].slice(0, top, bottom).slice(1, left, right).fill_(colour.at(c));
  }
}

void Canvas::draw(const at::Tensor& image, int64_t x, int64_t y, int64_t scale) {
  const at::Tensor large =
      image.expand({3, -1, -1}).repeat_interleave(scale, 1).repeat_interleave(scale, 2);
  const int64_t height = std::min(large.size(1), pixels_.size(1) - y);
  const int64_t width = std::min(large.size(2), pixels_.size(2) - x);
  if (height <= 0 || width <= 0) return;
  pixels_.narrow(1, y, height)
      .narrow(2, x, width)
      .copy_(large.narrow(1, 0, height).narrow(2, 0, width));
}

void Canvas::write(const std::string& text, int64_t x, int64_t y) {
  // Quadrilaterals of four vertices (x, y, z, colour) of 16 bytes each.
  struct Corner {
    float x, y, z;
    uint32_t colour;
  };
  std::string letters = ascii(text);
  std::vector<Corner> corners(letters.size() * 68);
  const int rectangles = stb_easy_font_print(0, 0, letters.data(), nullptr, corners.data(),
                                             static_cast<int>(corners.size() * sizeof(Corner)));
  for (int i = 0; i < rectangles; ++i) {
    const Corner& first = corners[4 * static_cast<size_t>(i)];
    const Corner& opposite = corners[4 * static_cast<size_t>(i) + 2];
    const auto pixel = [](float length) { return std::lround(length) * kTextScale; };
    fill(x + pixel(first.x), y + pixel(first.y), pixel(opposite.x - first.x),
         pixel(opposite.y - first.y), kInk);
  }
}

int64_t Canvas::width_of(const std::string& text) {
  std::string letters = ascii(text);
  return stb_easy_font_width(letters.data()) * kTextScale;
}

std::vector<std::string> Canvas::wrapped(const std::string& text, int64_t width) {
  std::vector<std::string> lines{""};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    while (word.size() > 1 && width_of(word) > width) word.pop_back();
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (width_of(line + " " + word) <= width) {
      line += " " + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

}  // namespace host::gallery
