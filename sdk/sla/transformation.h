#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace sla {

/// M transformations t_0 = identity, ..., t_{M-1} of images. Constructed with
/// `(const Parameters&, Host&)`. Immutable; called from any thread.
class Transformation {
 public:
  virtual ~Transformation() = default;

  /// The number of transformations M, at least 1.
  virtual int64_t count() const = 0;

  /// The images [B, C, H, W] under transformation `j` in [0, M): same shape, dtype and device; for
  /// j = 0 the images themselves. May return a view. Must support every dtype (uint8 in training)
  /// and B = 0. Must not edit its input. Throws sla::Error if the image shape is unsuitable.
  virtual at::Tensor view(const at::Tensor& images, int64_t j) const = 0;

  /// Applies all transformations: [B, C, H, W] to [B*M, C, H, W], contiguous; row b*M + j is
  /// transformation j of image b. Override it only if that is faster than M calls of view().
  virtual at::Tensor apply(const at::Tensor& images) const;
};

}  // namespace sla
