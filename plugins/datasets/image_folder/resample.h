#pragma once

#include <cstdint>

#include "decode.h"

namespace image_folder {

/// The filters of Pillow's BILINEAR and BICUBIC (a = -0.5), widened when an image shrinks
/// (antialiasing).
enum class Filter { bilinear, bicubic };

/// How output pixels lie on one side of a source image: pixel i covers source positions
/// `first` + i * `step` to `first` + (i + 1) * `step`.
struct Axis {
  double first = 0;
  double step = 1;
  /// Output pixels.
  int count = 0;
  /// Only source pixels `low` to `high` - 1 count.
  int low = 0;
  int high = 0;

  /// The same output pixels in reverse order, on a mirrored source of `length` pixels.
  Axis mirrored(int length) const;
  /// The same on a source of which each pixel stands for `reduction` of this one's.
  Axis reduced(int reduction) const;
};

/// The source pixels that a resampling uses.
Window window_of(const Axis& horizontal, const Axis& vertical, Filter filter);

/// Where the output pixel (x, y) goes: its byte of the first colour plane is at
/// `first` + x * `right` + y * `down`, the other planes follow at distance `plane`.
struct Layout {
  uint8_t* first = nullptr;
  int64_t right = 0;
  int64_t down = 0;
  int64_t plane = 0;
};

/// Resamples RGB pixels: the axes are in pixels of the whole reduced image, of which `source` must
/// hold what window_of() names. Like Pillow: separable, on bytes, in fixed-point arithmetic, but
/// down before right, which is faster. Bilinear differs from Pillow by rounding, at most 1; bicubic
/// by more if it overshoots black or white. Any thread.
void resample(const Pixels& source, const Axis& horizontal, const Axis& vertical, Filter filter,
              const Layout& layout);

}  // namespace image_folder
