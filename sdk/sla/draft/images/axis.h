#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sla/draft/images/pixels.h"

namespace sla::images {

/// The filters of Pillow's BILINEAR and BICUBIC (a = -0.5), widened when an image shrinks
/// (antialiasing).
enum class Filter { bilinear, bicubic };

/// How output pixels lie on one side of a source image: pixel i covers source positions
/// `first` + i * `step` to `first` + (i + 1) * `step`.
struct Axis {
  /// Where pixel 0 begins.
  double first = 0;
  /// Source pixels for each output pixel.
  double step = 1;
  /// Output pixels.
  int count = 0;
  /// Only source pixels `low` to `high` - 1 count.
  int low = 0;
  /// The end of those.
  int high = 0;

  /// The same output pixels in reverse order, on a mirrored source of `length` pixels.
  Axis mirrored(int length) const;
  /// The same on a source of which each pixel stands for `reduction` of this one's.
  Axis reduced(int reduction) const;
  /// The same without source pixels outside `first` to `first` + `length` - 1, none of which it
  /// uses.
  Axis clipped(int first, int length) const;
};

/// The source pixels that a resampling uses.
Window window_of(const Axis& horizontal, const Axis& vertical, Filter filter);

/// Which source pixels each output pixel of an axis is made of, and their weights, in units of
/// 2^-14, which add up to 1. All have the same number of them, some of weight 0, which keeps loops
/// simple and fast.
class Taps {
 public:
  /// For all output pixels of an axis.
  Taps(const Axis& axis, Filter filter);

  /// The first source pixel of output pixel i.
  int first(int i) const { return first_[static_cast<size_t>(i)]; }
  /// The weights of its source pixels, in order.
  std::span<const int16_t> weights(int i) const {
    return {weights_.data() + static_cast<ptrdiff_t>(i) * size_, static_cast<size_t>(size_)};
  }

 private:
  void add(const Axis& axis, Filter filter, int i);

  int size_ = 1;
  std::vector<int> first_;
  std::vector<int16_t> weights_;
  std::vector<double> exact_;  // of the output pixel being added
};

}  // namespace sla::images
