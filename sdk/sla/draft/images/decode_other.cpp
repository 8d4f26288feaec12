#include <sla/error.h>
#include <stb/stb_image.h>

#include <algorithm>
#include <string>

#include "sla/draft/images/decode.h"

namespace sla::images {

namespace {

constexpr int kColours = 3;

/// Gives stb the bytes of a file, and notices if it wants more than there are: it would make pixels
/// of zeros.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> content) : rest_(content) {}

  bool wanted_more() const { return wanted_more_; }

  static const stbi_io_callbacks* callbacks() {
    static const stbi_io_callbacks all{&read, &skip, &is_at_end};
    return &all;
  }

 private:
  static Reader& of(void* reader) { return *static_cast<Reader*>(reader); }

  static int read(void* reader, char* to, int size) {
    auto& rest = of(reader).rest_;
    if (rest.empty()) of(reader).wanted_more_ = true;
    const auto next = rest.first(std::min(rest.size(), static_cast<size_t>(size)));
    std::copy(next.begin(), next.end(), to);
    rest = rest.subspan(next.size());
    return static_cast<int>(next.size());
  }

  static void skip(void* reader, int size) {
    auto& rest = of(reader).rest_;
    rest = rest.subspan(std::min(rest.size(), static_cast<size_t>(size)));
  }

  static int is_at_end(void* reader) { return of(reader).rest_.empty() ? 1 : 0; }

  std::span<const uint8_t> rest_;
  bool wanted_more_ = false;
};

/// BMP and GIF, which libraries for photographs do not read.
class OtherDecoder final : public ImageDecoder {
 public:
  explicit OtherDecoder(std::span<const uint8_t> content) : content_(content) {
    int channels = 0;
    Reader reader(content_);
    if (stbi_info_from_callbacks(Reader::callbacks(), &reader, &header_.width, &header_.height,
                                 &channels) == 0) {
      fail();
    }
  }

  Pixels decode(const Window&, int) override {
    int channels = 0;
    Reader reader(content_);
    const std::unique_ptr<stbi_uc, void (*)(void*)> decoded(
        stbi_load_from_callbacks(Reader::callbacks(), &reader, &header_.width, &header_.height,
                                 &channels, kColours),
        &stbi_image_free);
    if (!decoded) fail();
    if (reader.wanted_more()) throw sla::Error("it ends before its last pixel");
    Pixels pixels{header_.all()};
    pixels.make_space();
    std::copy_n(decoded.get(), pixels.bytes(), pixels.rgb.get());
    return pixels;
  }

 private:
  [[noreturn]] static void fail() {
    const char* reason = stbi_failure_reason();
    throw sla::Error(std::string(reason != nullptr ? reason : "unknown reason") +
                     "; it is damaged, or no JPEG, PNG, WebP, BMP, GIF, PGM or PPM file");
  }

  std::span<const uint8_t> content_;
};

}  // namespace

std::unique_ptr<ImageDecoder> open_other(std::span<const uint8_t> content) {
  return std::make_unique<OtherDecoder>(content);
}

}  // namespace sla::images
