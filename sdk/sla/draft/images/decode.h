#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

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
};

/// An image file whose header has been read. Colours are as Pillow's convert("RGB") gives them;
/// transparency is dropped; embedded thumbnails are ignored. One thread at a time. Every function
/// throws sla::Error with the reason, without the file's name, if the content is damaged, even
/// where a decoder could go on: a checksum that is wrong, data that ends early.
class ImageDecoder {
 public:
  virtual ~ImageDecoder() = default;

  /// In pixels, as stored.
  int width() const { return width_; }
  /// In pixels, as stored.
  int height() const { return height_; }

  /// The EXIF orientation, 1 to 8: how the stored image must be turned to be upright. 1: not at
  /// all.
  int orientation() const { return orientation_; }

  /// Decodes at least `window` of the stored image, once. The decoder may reduce the image, by at
  /// most `reduction`, if that is cheaper. Damage outside the window may go unnoticed, but
  /// not that the data end early.
  virtual Pixels decode(const Window& window, double reduction) = 0;

 protected:
  /// See width(); a decoder sets it when it reads the header.
  int width_ = 0;
  /// See height().
  int height_ = 0;
  /// See orientation().
  int orientation_ = 1;
};

/// Reads the header of an image, which must outlive the decoder: JPEG, PNG or WebP, or BMP, GIF
/// (its first frame) or PNM, told apart by how they begin. Throws sla::Error if it is none, or if
/// its declared size is larger than Pillow's limit, 178,956,970 pixels. Any thread.
std::unique_ptr<ImageDecoder> open_image(std::span<const uint8_t> content);

/// The same for one format each, without the limit.
std::unique_ptr<ImageDecoder> open_jpeg(std::span<const uint8_t> content);
std::unique_ptr<ImageDecoder> open_png(std::span<const uint8_t> content);
std::unique_ptr<ImageDecoder> open_webp(std::span<const uint8_t> content);
std::unique_ptr<ImageDecoder> open_other(std::span<const uint8_t> content);

}  // namespace sla::images
