#include <sla/error.h>

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "sla/draft/images/decode.h"
#include "sla/draft/images/exif.h"

namespace sla::images {

namespace {

/// What is left of the file, and what libpng says about it.
struct Source {
  std::span<const uint8_t> rest;
  std::string complaint = {};
};

void read_bytes(png_structp decoder, png_bytep bytes, size_t size) {
  auto& rest = static_cast<Source*>(png_get_io_ptr(decoder))->rest;
  if (size > rest.size()) png_error(decoder, "the data end early");
  std::memcpy(bytes, rest.data(), size);
  rest = rest.subspan(size);
}

void png_failed(png_structp decoder, png_const_charp text) {
  static_cast<Source*>(png_get_error_ptr(decoder))->complaint = text;
  png_longjmp(decoder, 1);
}

void png_warned(png_structp, png_const_charp) {}

class PngDecoder final : public ImageDecoder {
 public:
  explicit PngDecoder(std::span<const uint8_t> content) : source_{content} {
    decoder_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source_, &png_failed, &png_warned);
    info_ = decoder_ == nullptr ? nullptr : png_create_info_struct(decoder_);
    const bool read = info_ != nullptr && read_header();
    if (!read) {
      const std::string reason = info_ == nullptr ? "out of memory" : source_.complaint;
      png_destroy_read_struct(&decoder_, &info_, nullptr);
      throw sla::Error("PNG: " + reason);
    }
    png_bytep exif = nullptr;
    png_uint_32 size = 0;
    if (png_get_eXIf_1(decoder_, info_, &size, &exif) != 0)
      header_.orientation = exif_orientation({exif, size});
  }
  ~PngDecoder() override { png_destroy_read_struct(&decoder_, &info_, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;

  Pixels decode(const Window&, int) override {
    Pixels pixels{header_.all()};
    if (!read_pixels(pixels)) throw sla::Error("PNG: " + source_.complaint);
    return pixels;
  }

 private:
  /// The parts that libpng's jumps may leave: they own nothing. Return whether all went well.
  bool read_header() {
    if (setjmp(png_jmpbuf(decoder_)) != 0) return false;
    png_set_read_fn(decoder_, &source_, &read_bytes);
    // The number of pixels is limited elsewhere.
    png_set_user_limits(decoder_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(decoder_, info_);
    header_.width = static_cast<int>(png_get_image_width(decoder_, info_));
    header_.height = static_cast<int>(png_get_image_height(decoder_, info_));
    return true;
  }

  bool read_pixels(Pixels& pixels) {
    if (setjmp(png_jmpbuf(decoder_)) != 0) return false;
    // Pillow cuts 16-bit grey off at 255, but takes the high byte of 16-bit colours.
    const bool grey16 = png_get_bit_depth(decoder_, info_) == 16 &&
                        png_get_color_type(decoder_, info_) == PNG_COLOR_TYPE_GRAY;
    png_set_expand(decoder_);
    if (!grey16) {
      png_set_strip_16(decoder_);
      png_set_gray_to_rgb(decoder_);
    }
    png_set_strip_alpha(decoder_);
    png_set_interlace_handling(decoder_);
    png_read_update_info(decoder_, info_);

    const size_t count = static_cast<size_t>(header_.width) * static_cast<size_t>(header_.height);
    pixels.make_space();
    const size_t stride = png_get_rowbytes(decoder_, info_);
    rows_.resize(static_cast<size_t>(header_.height));
    // Two bytes per pixel of 16-bit grey lie where its three bytes of colour come, at the end.
    uint8_t* first = pixels.rgb.get() + pixels.bytes() - stride * rows_.size();
    for (size_t y = 0; y < rows_.size(); ++y) rows_[y] = first + y * stride;
    png_read_image(decoder_, rows_.data());
    png_read_end(decoder_, nullptr);
    if (grey16) {
      for (size_t i = 0; i < count; ++i) {
        const uint8_t grey = first[2 * i] != 0 ? 255 : first[2 * i + 1];
        std::fill_n(pixels.rgb.get() + 3 * i, 3, grey);
      }
    }
    return true;
  }

  Source source_;
  png_structp decoder_ = nullptr;
  png_infop info_ = nullptr;
  std::vector<png_bytep> rows_;
};

}  // namespace

std::unique_ptr<ImageDecoder> open_png(std::span<const uint8_t> content) {
  return std::make_unique<PngDecoder>(content);
}

}  // namespace sla::images
