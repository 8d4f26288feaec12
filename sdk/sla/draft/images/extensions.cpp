#include "sla/draft/images/extensions.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sla::images {

std::string extension_of(std::string_view name) {
  const auto dot = name.find_last_of("./");
  if (dot == std::string_view::npos || name[dot] != '.') return "";
  std::string extension(name.substr(dot));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return extension;
}

bool is_image_name(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kExtensions{
      ".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"};
  const std::string extension = extension_of(name);
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

bool is_tiff(std::string_view name) {
  const std::string extension = extension_of(name);
  return extension == ".tif" || extension == ".tiff";
}

}  // namespace sla::images
