#include <sla/error.h>
#include <webp/decode.h>

#include <algorithm>
#include <cstring>

#include "sla/draft/images/decode.h"
#include "sla/draft/images/exif.h"

namespace sla::images {

namespace {

uint32_t little_endian(std::span<const uint8_t> bytes) {
  return bytes[0] | uint32_t{bytes[1]} << 8U | uint32_t{bytes[2]} << 16U |
         uint32_t{bytes[3]} << 24U;
}

/// The EXIF chunk of the RIFF container, or nothing.
std::span<const uint8_t> exif_of(std::span<const uint8_t> content) {
  constexpr size_t kHeader = 8;  // name and size of a chunk
  for (size_t at = 12; at + kHeader <= content.size();) {
    const size_t size = little_endian(content.subspan(at + 4));
    const size_t rest = content.size() - at - kHeader;
    if (std::memcmp(content.data() + at, "EXIF", 4) == 0) {
      return content.subspan(at + kHeader, std::min(size, rest));
    }
    if (size > rest) break;
    at += kHeader + size + size % 2;  // chunks begin at even places
  }
  return {};
}

class WebpDecoder final : public ImageDecoder {
 public:
  explicit WebpDecoder(std::span<const uint8_t> content) : content_(content) {
    if (WebPGetInfo(content.data(), content.size(), &header_.width, &header_.height) == 0) {
      throw sla::Error("the WebP header is damaged");
    }
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(content.data(), content.size(), &features) == VP8_STATUS_OK &&
        features.has_animation != 0) {
      throw sla::Error("an animated WebP, of which no image is read; save one of its frames");
    }
    header_.orientation = exif_orientation(exif_of(content));
  }

  Pixels decode(const Window& window, int) override {
    // libwebp begins at even places; a margin keeps its smooth upsampling of colours.
    constexpr int kMargin = 2;
    const int left = std::max(0, window.left - kMargin) / 2 * 2;
    const int top = std::max(0, window.top - kMargin) / 2 * 2;
    const int right = std::min(header_.width, window.left + window.width + kMargin);
    const int bottom = std::min(header_.height, window.top + window.height + kMargin);
    Pixels pixels{{left, top, right - left, bottom - top}};
    pixels.make_space();

    WebPDecoderConfig config;
    WebPInitDecoderConfig(&config);
    config.options.use_cropping = 1;
    config.options.crop_left = left;
    config.options.crop_top = top;
    config.options.crop_width = pixels.place.width;
    config.options.crop_height = pixels.place.height;
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = {pixels.rgb.get(), static_cast<int>(pixels.row_bytes()), pixels.bytes()};
    if (WebPDecode(content_.data(), content_.size(), &config) != VP8_STATUS_OK) {
      throw sla::Error("the WebP data are damaged or end early");
    }
    return pixels;
  }

 private:
  std::span<const uint8_t> content_;
};

}  // namespace

std::unique_ptr<ImageDecoder> open_webp(std::span<const uint8_t> content) {
  return std::make_unique<WebpDecoder>(content);
}

}  // namespace sla::images
