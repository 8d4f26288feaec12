#include <sla/error.h>

#include <array>
#include <csetjmp>
#include <cstdio>
#include <string>

#include <jpeglib.h>

#include <jerror.h>

#include "decode.h"

namespace image_folder {

namespace {

/// libjpeg reports errors by a jump, and damage that it can live with by a warning.
struct Errors {
  jpeg_error_mgr manager{};
  std::jmp_buf jump{};
  std::array<char, JMSG_LENGTH_MAX> text{};
};

void fail(j_common_ptr decoder) {
  auto* errors = reinterpret_cast<Errors*>(decoder->err);
  errors->manager.format_message(decoder, errors->text.data());
  std::longjmp(errors->jump, 1);
}

/// Warnings about data that are missing or wrong are errors here. Superfluous bytes are harmless.
void warn(j_common_ptr decoder, int level) {
  const int code = decoder->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER ||
                    code == JWRN_HUFF_BAD_CODE || code == JWRN_ARITH_BAD_CODE)) {
    fail(decoder);
  }
}

/// a * b / 255, rounded, as Pillow computes it.
uint8_t product(int a, int b) {
  const int sum = a * b + 128;
  return static_cast<uint8_t>(((sum >> 8) + sum) >> 8);
}

/// One row of ink to light. Adobe's programs store ink inverted.
void to_rgb(const uint8_t* cmyk, int width, bool inverted, uint8_t* rgb) {
  for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    const int light = inverted ? cmyk[3] : 255 - cmyk[3];
    for (int c = 0; c < 3; ++c) {
      const int ink = inverted ? 255 - cmyk[c] : cmyk[c];
      rgb[c] = static_cast<uint8_t>(light - product(ink, light));
    }
  }
}

/// The part that libjpeg's jumps may leave: it owns nothing. Returns whether all went well.
bool decode_rows(jpeg_decompress_struct& decoder, Errors& errors, std::span<const uint8_t> content,
                 Pixels& pixels, std::vector<uint8_t>& row) {
  if (setjmp(errors.jump) != 0) return false;
  jpeg_mem_src(&decoder, content.data(), content.size());
  jpeg_read_header(&decoder, TRUE);
  const bool is_cmyk = decoder.num_components == 4;
  decoder.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&decoder);
  pixels.width = static_cast<int>(decoder.output_width);
  pixels.height = static_cast<int>(decoder.output_height);
  const size_t stride = size_t{decoder.output_width} * 3;
  pixels.rgb.resize(stride * decoder.output_height);
  row.resize(size_t{decoder.output_width} * 4);
  while (decoder.output_scanline < decoder.output_height) {
    uint8_t* rgb = pixels.rgb.data() + decoder.output_scanline * stride;
    JSAMPROW target = is_cmyk ? row.data() : rgb;
    jpeg_read_scanlines(&decoder, &target, 1);
    if (is_cmyk) to_rgb(row.data(), pixels.width, decoder.saw_Adobe_marker != 0, rgb);
  }
  jpeg_finish_decompress(&decoder);
  return true;
}

}  // namespace

Pixels decode_jpeg(std::span<const uint8_t> content) {
  Errors errors;
  jpeg_decompress_struct decoder{};
  decoder.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = &fail;
  errors.manager.emit_message = &warn;
  jpeg_create_decompress(&decoder);
  Pixels pixels;
  std::vector<uint8_t> row;
  const bool decoded = decode_rows(decoder, errors, content, pixels, row);
  jpeg_destroy_decompress(&decoder);
  if (!decoded) throw sla::Error(std::string("JPEG: ") + errors.text.data());
  return pixels;
}

}  // namespace image_folder
