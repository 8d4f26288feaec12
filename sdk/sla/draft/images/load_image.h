#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "sla/draft/images/view.h"

namespace sla::images {

/// Chooses the view of an upright image of this width and height.
using ViewChoice = std::function<View(int width, int height)>;

/// Reads an image, turned upright as its EXIF orientation says, and writes the red, green and blue
/// planes of a view of it, `size` x `size` pixels, to `planes` (3 * size * size bytes). Decodes
/// little more than the view needs. Throws sla::Error naming the file. Any thread.
void load_image(const std::filesystem::path& file, const ViewChoice& choose, int size,
                Filter filter, uint8_t* planes);

/// Decodes all of an image at the lowest resolution. Throws sla::Error naming the file if that
/// fails. Any thread.
void check_image(const std::filesystem::path& file);

}  // namespace sla::images
