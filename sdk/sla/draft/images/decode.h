#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "sla/draft/images/pixels.h"

namespace sla::images {

/// What an image file says before its pixels.
struct ImageHeader {
  /// In pixels, as stored.
  int width = 0;
  /// In pixels, as stored.
  int height = 0;
  /// The EXIF orientation, 1 to 8: how the stored image must be turned to be upright. 1: not at
  /// all.
  int orientation = 1;
  /// How far the decoder can reduce the image: 1, 2, 4 or 8.
  int most_reduction = 1;

  /// The whole stored image.
  Window all() const { return {0, 0, width, height}; }
  /// The strongest reduction, 1, 2, 4 or 8, that is possible and at most `limit`; at least 1.
  int reduction_within(double limit) const;
};

/// An image file whose header has been read. Colours are as Pillow's convert("RGB") gives them;
/// transparency is dropped; embedded thumbnails are ignored. One thread at a time. Every function
/// throws sla::Error with the reason, without the file's name, if the content is damaged, even
/// where a decoder could go on: a checksum that is wrong, data that ends early.
class ImageDecoder {
 public:
  virtual ~ImageDecoder() = default;

  /// What the file says before its pixels.
  const ImageHeader& header() const { return header_; }

  /// Decodes at least `window` of the stored image, once, reduced by one of
  /// header().reduction_within(). Pixels in the window are the same whatever else it holds. Damage
  /// outside the window may go unnoticed, but not that the data end early.
  virtual Pixels decode(const Window& window, int reduction) = 0;

 protected:
  /// See header(); the decoder's constructor fills it.
  ImageHeader header_;
};

/// Reads the header of an image, which must outlive the decoder: JPEG, PNG or WebP, or BMP, GIF
/// (its first frame) or binary PGM and PPM, told apart by how they begin. Throws sla::Error if it
/// is none, or if its declared size is larger than Pillow's limit, 178,956,970 pixels. Any thread.
std::unique_ptr<ImageDecoder> open_image(std::span<const uint8_t> content);

/// The same for one format each, without the limit.
std::unique_ptr<ImageDecoder> open_jpeg(std::span<const uint8_t> content);
std::unique_ptr<ImageDecoder> open_png(std::span<const uint8_t> content);
std::unique_ptr<ImageDecoder> open_webp(std::span<const uint8_t> content);
std::unique_ptr<ImageDecoder> open_pnm(std::span<const uint8_t> content);
std::unique_ptr<ImageDecoder> open_other(std::span<const uint8_t> content);

}  // namespace sla::images
