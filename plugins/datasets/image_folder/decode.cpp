#include "decode.h"

#include <sla/error.h>
#include <stb/stb_image.h>
#include <webp/decode.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

namespace image_folder {

namespace {

bool begins_with(std::span<const uint8_t> content, std::string_view start, size_t at = 0) {
  return content.size() >= at + start.size() &&
         std::equal(start.begin(), start.end(), content.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

/// BMP, GIF (its first frame) and PNM.
Pixels decode_other(std::span<const uint8_t> content) {
  constexpr int kChannels = 3;
  int width = 0;
  int height = 0;
  int channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(content.data(), static_cast<int>(content.size()), &width, &height,
                            &channels, kChannels),
      &stbi_image_free);
  if (!pixels) {
    const char* reason = stbi_failure_reason();
    throw sla::Error(std::string(reason != nullptr ? reason : "unknown reason") +
                     "; it is damaged, or no JPEG, PNG, WebP, BMP, GIF or PNM file");
  }
  const auto size = static_cast<size_t>(width) * static_cast<size_t>(height) * kChannels;
  return {width, height, {pixels.get(), pixels.get() + size}};
}

}  // namespace

Pixels decode(std::span<const uint8_t> content) {
  if (content.empty()) throw sla::Error("the file is empty");
  if (begins_with(content, "\xff\xd8\xff")) return decode_jpeg(content);
  if (begins_with(content, "\x89PNG")) return decode_png(content);
  if (begins_with(content, "RIFF") && begins_with(content, "WEBP", 8)) return decode_webp(content);
  return decode_other(content);
}

Pixels decode_webp(std::span<const uint8_t> content) {
  Pixels pixels;
  if (WebPGetInfo(content.data(), content.size(), &pixels.width, &pixels.height) == 0) {
    throw sla::Error("the WebP header is damaged");
  }
  const int stride = pixels.width * 3;
  pixels.rgb.resize(static_cast<size_t>(stride) * static_cast<size_t>(pixels.height));
  if (WebPDecodeRGBInto(content.data(), content.size(), pixels.rgb.data(), pixels.rgb.size(),
                        stride) == nullptr) {
    throw sla::Error("the WebP data are damaged or end early");
  }
  return pixels;
}

}  // namespace image_folder
