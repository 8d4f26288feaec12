#include <sla/error.h>

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <string>

#include "decode.h"

namespace image_folder {

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

void fail(png_structp decoder, png_const_charp text) {
  static_cast<Source*>(png_get_error_ptr(decoder))->complaint = text;
  png_longjmp(decoder, 1);
}

void ignore(png_structp, png_const_charp) {}

/// The part that libpng's jumps may leave: it owns nothing. Returns whether all went well.
bool decode_rows(png_structp decoder, png_infop info, Pixels& pixels,
                 std::vector<png_bytep>& rows) {
  if (setjmp(png_jmpbuf(decoder)) != 0) return false;
  png_read_info(decoder, info);
  png_set_expand(decoder);
  png_set_strip_16(decoder);
  png_set_gray_to_rgb(decoder);
  png_set_strip_alpha(decoder);
  png_set_interlace_handling(decoder);
  png_read_update_info(decoder, info);
  pixels.width = static_cast<int>(png_get_image_width(decoder, info));
  pixels.height = static_cast<int>(png_get_image_height(decoder, info));
  const size_t stride = png_get_rowbytes(decoder, info);
  pixels.rgb.resize(stride * static_cast<size_t>(pixels.height));
  rows.resize(static_cast<size_t>(pixels.height));
  for (size_t y = 0; y < rows.size(); ++y) rows[y] = pixels.rgb.data() + y * stride;
  png_read_image(decoder, rows.data());
  png_read_end(decoder, nullptr);
  return true;
}

}  // namespace

Pixels decode_png(std::span<const uint8_t> content) {
  Source source{content};
  png_structp decoder = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, &fail, &ignore);
  png_infop info = decoder == nullptr ? nullptr : png_create_info_struct(decoder);
  if (info == nullptr) throw sla::Error("PNG: out of memory");
  png_set_read_fn(decoder, &source, &read_bytes);
  Pixels pixels;
  std::vector<png_bytep> rows;
  const bool decoded = decode_rows(decoder, info, pixels, rows);
  png_destroy_read_struct(&decoder, &info, nullptr);
  if (!decoded) throw sla::Error("PNG: " + source.complaint);
  return pixels;
}

}  // namespace image_folder
