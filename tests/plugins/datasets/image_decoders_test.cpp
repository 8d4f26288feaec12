#include <sla/draft/images/decode.h>
#include <sla/error.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/support/scratch_folder.h"

namespace {

namespace fs = std::filesystem;

std::vector<uint8_t> decoded(const std::string& content) {
  const auto decoder =
      sla::images::open_image({reinterpret_cast<const uint8_t*>(content.data()), content.size()});
  const auto pixels = decoder->decode(decoder->header().all(), /*reduction=*/1);
  return {pixels.rgb.get(), pixels.rgb.get() + pixels.bytes()};
}

using Levels = std::vector<uint8_t>;

}  // namespace

TEST_CASE("an image of any format that is cut short is an error", "[datasets]") {
  int files = 0;
  for (const auto& entry :
       fs::directory_iterator(SLA_SOURCE_DIRECTORY "/tests/plugins/datasets/image_files")) {
    const std::string whole = tests::content_of(entry.path());
    CHECK_NOTHROW(decoded(whole));
    for (const double share : {0.2, 0.5, 0.9}) {
      INFO(entry.path() << " up to " << share);
      const auto length = static_cast<size_t>(share * static_cast<double>(whole.size()));
      CHECK_THROWS_AS(decoded(whole.substr(0, length)), sla::Error);
    }
    ++files;
  }
  CHECK(files == 32);
}

// As Pillow's convert("RGB") does.
TEST_CASE("PGM and PPM are scaled to 255, but 16-bit grey is cut off", "[datasets]") {
  using namespace std::string_literals;
  CHECK(decoded("P5 2 1 255\n\x07\xff"s) == Levels{7, 7, 7, 255, 255, 255});
  CHECK(decoded("P5\n# a remark\n2 # another\n1\n15\n\x01\x0f"s) ==
        Levels{17, 17, 17, 255, 255, 255});
  CHECK(decoded("P5 3 1 65535\n\x00\x07\x00\xff\x01\x00"s) ==
        Levels{7, 7, 7, 255, 255, 255, 255, 255, 255});
  CHECK(decoded("P6 1 1 65535\n\x00\x00\x80\x00\xff\xff"s) == Levels{0, 128, 255});
  CHECK(decoded("P6 1 1 100\n\x00\x32\x64"s) == Levels{0, 128, 255});
  for (const std::string broken : {"P5", "P5 2", "P5 2 1", "P5 0 1 255\n", "P5 2 x 255\n\x07\x07",
                                   "P5 2 1 65536\n\x07\x07\x07\x07", "P5 2 99999999999 255\n",
                                   "P5 2 1 255\n\x07", "P6 2 1 255\n\x07\x07\x07\x07\x07"}) {
    INFO(broken);
    CHECK_THROWS_AS(decoded(broken), sla::Error);
  }
}
