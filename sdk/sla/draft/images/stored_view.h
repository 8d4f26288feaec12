#pragma once

#include <cstdint>

#include "sla/draft/images/decode.h"
#include "sla/draft/images/load_image.h"
#include "sla/draft/images/resample.h"

namespace sla::images {

/// A view of an upright image in terms of the image as it is stored: what to decode for it, and how
/// to make it.
class StoredView {
 public:
  /// See load_image().
  StoredView(const ImageHeader& header, const ViewChoice& choose, int size, Filter filter);

  /// What it needs of the stored image.
  Window window() const;
  /// How far the stored image may be reduced for it.
  int reduction() const { return reduction_; }

  /// Writes the view's planes, from pixels at this reduction that hold at least the window.
  void write(const Pixels& pixels, uint8_t* planes) const;

 private:
  View view_;  // of the stored image
  Layout layout_;
  Filter filter_;
  int reduction_;
};

}  // namespace sla::images
