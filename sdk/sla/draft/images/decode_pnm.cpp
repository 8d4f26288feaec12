#include <sla/error.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "sla/draft/images/decode.h"

namespace sla::images {

namespace {

constexpr int kRgb = 3;
constexpr int kMostPerByte = 255;
constexpr int kMost = 65535;

bool is_blank(char c) { return std::string_view(" \t\n\v\f\r").find(c) != std::string_view::npos; }

/// Binary PGM (P5) and PPM (P6), of 8 or 16 bits.
class PnmDecoder final : public ImageDecoder {
 public:
  explicit PnmDecoder(std::span<const uint8_t> content)
      : rest_(reinterpret_cast<const char*>(content.data()), content.size()),
        channels_(rest_[1] == '6' ? kRgb : 1) {
    rest_.remove_prefix(2);
    header_.width = number();
    header_.height = number();
    most_ = number();
    if (most_ > kMost) throw sla::Error("its largest value is above 65535");
    if (!rest_.empty()) rest_.remove_prefix(1);  // the blank after the header
  }

  Pixels decode(const Window&, int) override {
    Pixels pixels{header_.all()};
    const size_t values = static_cast<size_t>(header_.width) * static_cast<size_t>(header_.height) *
                          static_cast<size_t>(channels_);
    if (rest_.size() < values * (most_ > kMostPerByte ? 2 : 1)) {
      throw sla::Error("it ends before its last pixel");
    }
    pixels.make_space();
    uint8_t* to = pixels.rgb.get();
    for (size_t i = 0; i < values; ++i) to = std::fill_n(to, kRgb / channels_, level(i));
    return pixels;
  }

 private:
  /// The next number of the header, after blanks and comments.
  int number() {
    while (!rest_.empty() && (is_blank(rest_.front()) || rest_.front() == '#')) {
      const size_t comment = std::min(rest_.find_first_of("\r\n"), rest_.size());
      rest_.remove_prefix(rest_.front() == '#' ? comment : 1);
    }
    int found = 0;
    const auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), found);
    if (failure != std::errc() || found < 1) throw sla::Error("its header is damaged");
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return found;
  }

  /// A value in 0..255 as Pillow's convert("RGB") gives it, which cuts off 16-bit grey instead of
  /// scaling it.
  uint8_t level(size_t i) const {
    const auto byte = [&](size_t at) { return static_cast<uint8_t>(rest_[at]); };
    const int value = most_ > kMostPerByte ? byte(2 * i) << 8 | byte(2 * i + 1) : byte(i);
    const int scale = most_ > kMostPerByte && channels_ == 1 ? kMost : kMostPerByte;
    const double scaled = std::nearbyint(static_cast<double>(value) / most_ * scale);
    return static_cast<uint8_t>(std::min<double>(kMostPerByte, scaled));
  }

  std::string_view rest_;  // after the header: the pixels
  int channels_;
  int most_ = 0;
};

}  // namespace

std::unique_ptr<ImageDecoder> open_pnm(std::span<const uint8_t> content) {
  return std::make_unique<PnmDecoder>(content);
}

}  // namespace sla::images
