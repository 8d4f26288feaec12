#include "picture.h"

#include <sla/error.h>
#include <stb/stb_image.h>
#include <stb/stb_image_resize.h>

#include <memory>
#include <vector>

namespace image_folder {

namespace {

constexpr int kChannels = 3;

}  // namespace

void read_picture(const std::filesystem::path& file, int64_t size, uint8_t* planes) {
  int width = 0;
  int height = 0;
  int channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load(file.c_str(), &width, &height, &channels, kChannels), &stbi_image_free);
  if (!pixels) {
    const char* reason = stbi_failure_reason();
    throw sla::Error("cannot decode " + file.string() + ": " +
                     (reason != nullptr ? reason : "unknown reason") +
                     "; it is damaged, or not a JPEG, PNG, BMP or PNM file");
  }
  const int side = static_cast<int>(size);
  std::vector<uint8_t> scaled(static_cast<size_t>(size * size * kChannels));
  if (stbir_resize_uint8(pixels.get(), width, height, 0, scaled.data(), side, side, 0, kChannels) ==
      0) {
    throw sla::Error("cannot scale " + file.string() + ": out of memory");
  }
  for (int64_t pixel = 0; pixel < size * size; ++pixel) {
    for (int64_t c = 0; c < kChannels; ++c) {
      planes[c * size * size + pixel] = scaled[pixel * kChannels + c];
    }
  }
}

}  // namespace image_folder
