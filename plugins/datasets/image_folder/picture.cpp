#include "picture.h"

#include <sla/error.h>
#include <stb/stb_image_resize.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <new>
#include <string>
#include <vector>

#include "decode.h"

namespace image_folder {

namespace {

constexpr int64_t kChannels = 3;

std::vector<uint8_t> content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::vector<uint8_t> content{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) {
    throw sla::Error("cannot read " + file.string() + ": " + std::strerror(errno));
  }
  return content;
}

Pixels pixels_of(const std::filesystem::path& file) {
  const auto content = content_of(file);
  try {
    return decode(content);
  } catch (const sla::Error& error) {
    throw sla::Error("cannot decode " + file.string() + ": " + error.what());
  } catch (const std::bad_alloc&) {
    throw sla::Error("cannot decode " + file.string() + ": its pixels do not fit into memory");
  }
}

}  // namespace

void read_picture(const std::filesystem::path& file, int64_t size, uint8_t* planes) {
  const Pixels pixels = pixels_of(file);
  const int side = static_cast<int>(size);
  std::vector<uint8_t> scaled(static_cast<size_t>(size * size * kChannels));
  if (stbir_resize_uint8(pixels.rgb.data(), pixels.width, pixels.height, 0, scaled.data(), side,
                         side, 0, static_cast<int>(kChannels)) == 0) {
    throw sla::Error("cannot scale " + file.string() + ": out of memory");
  }
  for (int64_t pixel = 0; pixel < size * size; ++pixel) {
    for (int64_t c = 0; c < kChannels; ++c) {
      planes[c * size * size + pixel] = scaled[static_cast<size_t>(pixel * kChannels + c)];
    }
  }
}

}  // namespace image_folder
