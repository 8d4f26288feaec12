#include <sla/error.h>
#include <stb/stb_image.h>

#include <algorithm>
#include <limits>
#include <string>

#include "sla/draft/images/decode.h"

namespace sla::images {

namespace {

constexpr int kColours = 3;

/// BMP, GIF and PNM, which libraries for photographs do not read.
class OtherDecoder final : public ImageDecoder {
 public:
  explicit OtherDecoder(std::span<const uint8_t> content) : content_(content) {
    if (content.size() > std::numeric_limits<int>::max()) throw sla::Error("it has over 2 GiB");
    int channels = 0;
    if (stbi_info_from_memory(content.data(), bytes(), &header_.width, &header_.height,
                              &channels) == 0) {
      fail();
    }
  }

  Pixels decode(const Window&, int) override {
    int channels = 0;
    const std::unique_ptr<stbi_uc, void (*)(void*)> decoded(
        stbi_load_from_memory(content_.data(), bytes(), &header_.width, &header_.height, &channels,
                              kColours),
        &stbi_image_free);
    if (!decoded) fail();
    Pixels pixels{header_.all()};
    pixels.make_space();
    std::copy_n(decoded.get(), pixels.bytes(), pixels.rgb.get());
    return pixels;
  }

 private:
  int bytes() const { return static_cast<int>(content_.size()); }

  [[noreturn]] static void fail() {
    const char* reason = stbi_failure_reason();
    throw sla::Error(std::string(reason != nullptr ? reason : "unknown reason") +
                     "; it is damaged, or no JPEG, PNG, WebP, BMP, GIF or PNM file");
  }

  std::span<const uint8_t> content_;
};

}  // namespace

std::unique_ptr<ImageDecoder> open_other(std::span<const uint8_t> content) {
  return std::make_unique<OtherDecoder>(content);
}

}  // namespace sla::images
