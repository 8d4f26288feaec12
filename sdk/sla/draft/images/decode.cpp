#include "sla/draft/images/decode.h"

#include <sla/error.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace sla::images {

namespace {

/// More is a decompression bomb or a mistake: twice Pillow's Image.MAX_IMAGE_PIXELS, the limit
/// at which Pillow refuses, too.
constexpr int64_t kMostPixels = 178'956'970;

bool begins_with(std::span<const uint8_t> content, std::string_view start, size_t at = 0) {
  return content.size() >= at + start.size() &&
         std::equal(start.begin(), start.end(), content.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

std::unique_ptr<ImageDecoder> open_any(std::span<const uint8_t> content) {
  if (begins_with(content, "\xff\xd8\xff")) return open_jpeg(content);
  if (begins_with(content, "\x89PNG")) return open_png(content);
  if (begins_with(content, "RIFF") && begins_with(content, "WEBP", 8)) return open_webp(content);
  if (begins_with(content, "P5") || begins_with(content, "P6")) return open_pnm(content);
  return open_other(content);
}

}  // namespace

int ImageHeader::reduction_within(double limit) const {
  int reduction = 1;
  while (reduction < most_reduction && reduction * 2 <= limit) reduction *= 2;
  return reduction;
}

std::unique_ptr<ImageDecoder> open_image(std::span<const uint8_t> content) {
  if (content.empty()) throw sla::Error("the file is empty");
  auto decoder = open_any(content);
  const auto& [width, height, orientation, reduction] = decoder->header();
  if (int64_t{width} * height > kMostPixels) {
    throw sla::Error("it claims to have " + std::to_string(width) + " x " + std::to_string(height) +
                     " pixels; images may have " + std::to_string(kMostPixels) + " at most");
  }
  return decoder;
}

}  // namespace sla::images
