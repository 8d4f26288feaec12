#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace sla {

/// M transformations t_0 = identity, ..., t_{M-1} of a batch of images. Constructed with
/// `(const Parameters&, Host&)`. Immutable; called from any thread.
class Transformation {
 public:
  virtual ~Transformation() = default;

  /// The number of transformations M, at least 1.
  virtual int64_t count() const = 0;

  /// The images [B, C, H, W] under transformation `j` in [0, M): same shape, dtype and device; for
  /// j = 0 the images themselves. May return a view. Works for every dtype (uint8 in training) and
  /// for B = 0. Throws sla::Error where the image shape does not fit.
  virtual at::Tensor view(const at::Tensor& images, int64_t j) const = 0;

  /// All transformations of all images: [B, C, H, W] to [B*M, C, H, W], contiguous; row b*M + j is
  /// transformation j of image b. Override it only where that is faster than M views.
  virtual at::Tensor apply(const at::Tensor& images) const;
};

}  // namespace sla
