#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace image_folder {

/// A decoded image: rows of RGB triples.
struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb = {};
};

/// Decodes the content of a file: JPEG, PNG or WebP, or BMP, GIF or PNM, told apart by how it
/// begins. Colours as Pillow's convert("RGB") gives them; transparency is dropped. Any thread.
/// Throws sla::Error with the reason, without the file's name, if the content is damaged, even
/// where a decoder could go on: a checksum that is wrong, data that ends early.
Pixels decode(std::span<const uint8_t> content);

/// The same for one format each.
Pixels decode_jpeg(std::span<const uint8_t> content);
Pixels decode_png(std::span<const uint8_t> content);
Pixels decode_webp(std::span<const uint8_t> content);

}  // namespace image_folder
