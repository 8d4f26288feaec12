#pragma once

#include <cstdint>
#include <filesystem>

namespace image_folder {

/// Decodes a JPEG, PNG, BMP or PNM file, scales it to `size` x `size` pixels whatever its shape,
/// and writes its red, green and blue planes to `planes` (3 * size * size bytes). Throws sla::Error
/// if the file cannot be decoded. Any thread.
void read_picture(const std::filesystem::path& file, int64_t size, uint8_t* planes);

}  // namespace image_folder
