#include <sla/error.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <jpeglib.h>

#include <jerror.h>

#include "sla/draft/images/decode.h"
#include "sla/draft/images/exif.h"

namespace sla::images {

namespace {

/// libjpeg reports errors by a jump, and damage that it can live with by a warning.
struct Errors {
  jpeg_error_mgr manager{};
  std::jmp_buf jump{};
  std::array<char, JMSG_LENGTH_MAX> text{};
};

void jpeg_failed(j_common_ptr decoder) {
  auto* errors = reinterpret_cast<Errors*>(decoder->err);
  errors->manager.format_message(decoder, errors->text.data());
  std::longjmp(errors->jump, 1);
}

/// Warnings about data that are missing or wrong are errors here. Superfluous bytes are harmless.
void jpeg_warned(j_common_ptr decoder, int level) {
  const int code = decoder->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER ||
                    code == JWRN_HUFF_BAD_CODE || code == JWRN_ARITH_BAD_CODE)) {
    jpeg_failed(decoder);
  }
}

/// a * b / 255, rounded, as Pillow computes it.
uint8_t product(int a, int b) {
  const int sum = a * b + 128;
  return static_cast<uint8_t>(((sum >> 8) + sum) >> 8);
}

/// One row of ink to light. Like Pillow, takes ink to be stored inverted, as Adobe's programs do.
void to_rgb(const uint8_t* cmyk, int width, uint8_t* rgb) {
  for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    const int light = cmyk[3];
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<uint8_t>(light - product(255 - cmyk[c], light));
    }
  }
}

class JpegDecoder final : public ImageDecoder {
 public:
  explicit JpegDecoder(std::span<const uint8_t> content) {
    decoder_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = &jpeg_failed;
    errors_.manager.emit_message = &jpeg_warned;
    jpeg_create_decompress(&decoder_);
    if (!read_header(content)) {
      jpeg_destroy_decompress(&decoder_);
      fail();
    }
    header_.width = static_cast<int>(decoder_.image_width);
    header_.height = static_cast<int>(decoder_.image_height);
    // Halves, quarters and eighths are cheap: each takes a corner of the cosine transform's
    // coefficients.
    header_.most_reduction = 8;
    for (auto* marker = decoder_.marker_list; marker != nullptr; marker = marker->next) {
      if (header_.orientation != 1) break;
      header_.orientation = exif_orientation({marker->data, marker->data_length});
    }
  }
  ~JpegDecoder() override { jpeg_destroy_decompress(&decoder_); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  Pixels decode(const Window& window, int reduction) override {
    Pixels pixels{.reduction = reduction};
    if (!read_pixels(window, pixels)) fail();
    return pixels;
  }

 private:
  [[noreturn]] void fail() const { throw sla::Error(std::string("JPEG: ") + errors_.text.data()); }

  /// The parts that libjpeg's jumps may leave: they own nothing. Return whether all went well.
  bool read_header(std::span<const uint8_t> content) {
    if (setjmp(errors_.jump) != 0) return false;
    jpeg_mem_src(&decoder_, content.data(), content.size());
    constexpr unsigned kLongest = 0xffff;
    jpeg_save_markers(&decoder_, JPEG_APP0 + 1, kLongest);
    jpeg_read_header(&decoder_, TRUE);
    return true;
  }

  bool read_pixels(const Window& window, Pixels& pixels) {
    if (setjmp(errors_.jump) != 0) return false;
    const bool is_cmyk = decoder_.num_components == 4;
    decoder_.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    decoder_.scale_num = 1;
    decoder_.scale_denom = static_cast<unsigned>(pixels.reduction);
    jpeg_start_decompress(&decoder_);
    pixels.place = covering(window, pixels.reduction);

    Window& place = pixels.place;
    auto left = static_cast<JDIMENSION>(place.left);
    auto width = static_cast<JDIMENSION>(place.width);
    jpeg_crop_scanline(&decoder_, &left, &width);  // widens to whole blocks
    place.left = static_cast<int>(left);
    place.width = static_cast<int>(width);
    if (place.top > 0) jpeg_skip_scanlines(&decoder_, static_cast<JDIMENSION>(place.top));

    pixels.make_space();
    if (is_cmyk) row_.resize(size_t{width} * 4);
    for (int y = 0; y < place.height; ++y) {
      uint8_t* rgb = pixels.rgb.get() + static_cast<size_t>(y) * pixels.row_bytes();
      JSAMPROW target = is_cmyk ? row_.data() : rgb;
      jpeg_read_scanlines(&decoder_, &target, 1);
      if (is_cmyk) to_rgb(row_.data(), place.width, rgb);
    }
    const bool ends = has_end();
    // What lies below is not needed.
    jpeg_abort_decompress(&decoder_);
    if (!ends) throw sla::Error("JPEG: the data end early");
    return true;
  }

  /// Whether the marker of the image's end has been read or is still to come. It is nothing else
  /// among the data of pixels, and usually the file's last two bytes.
  bool has_end() {
    if (jpeg_input_complete(&decoder_) == TRUE || decoder_.unread_marker == JPEG_EOI) return true;
    const std::string_view rest(reinterpret_cast<const char*>(decoder_.src->next_input_byte),
                                decoder_.src->bytes_in_buffer);
    return rest.rfind("\xff\xd9") != std::string_view::npos;
  }

  /// The part of the reduced image to decode: at its edges libjpeg upsamples colours less smoothly.
  Window covering(const Window& window, int reduction) const {
    constexpr int kMargin = 2;
    const int left = std::max(0, window.left / reduction - kMargin);
    const int top = std::max(0, window.top / reduction - kMargin);
    const int right = (window.left + window.width + reduction - 1) / reduction + kMargin;
    const int bottom = (window.top + window.height + reduction - 1) / reduction + kMargin;
    return {left, top, std::min(right, static_cast<int>(decoder_.output_width)) - left,
            std::min(bottom, static_cast<int>(decoder_.output_height)) - top};
  }

  Errors errors_;
  jpeg_decompress_struct decoder_{};
  std::vector<uint8_t> row_;
};

}  // namespace

std::unique_ptr<ImageDecoder> open_jpeg(std::span<const uint8_t> content) {
  return std::make_unique<JpegDecoder>(content);
}

}  // namespace sla::images
