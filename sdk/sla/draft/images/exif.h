#pragma once

#include <cstdint>
#include <span>

namespace sla::images {

/// The orientation, 1 to 8, that EXIF data (a TIFF header and its directories, perhaps after
/// "Exif\0\0") give for the image itself; 1, upright, if they are damaged or do not say.
/// Source: CIPA DC-008, Exif 2.32, 4.6.2 and 4.6.4.
int exif_orientation(std::span<const uint8_t> exif);

}  // namespace sla::images
