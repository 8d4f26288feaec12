#pragma once

#include <cstdint>

#include "sla/draft/images/axis.h"
#include "sla/draft/images/pixels.h"

namespace sla::images {

/// Where the output pixel (x, y) goes: its byte of the first colour plane is number
/// `first` + x * `right` + y * `down` of the output, the other planes follow at distance `plane`.
struct Layout {
  /// The byte of output pixel (0, 0) in the first plane.
  int64_t first = 0;
  /// Bytes from a pixel to the one to its right.
  int64_t right = 0;
  /// Bytes from a pixel to the one below.
  int64_t down = 0;
  /// Bytes from a plane to the next.
  int64_t plane = 0;
};

/// Resamples RGB pixels: the axes are in pixels of the whole reduced image, of which `source` must
/// hold what window_of() names. Like Pillow: separable, on bytes, in fixed-point arithmetic, but
/// down before right, which is faster. Bilinear differs from Pillow by rounding, at most 2; bicubic
/// by more if it overshoots black or white. Any thread.
void resample(const PixelView& source, const Axis& horizontal, const Axis& vertical, Filter filter,
              const Layout& layout, uint8_t* planes);

}  // namespace sla::images
