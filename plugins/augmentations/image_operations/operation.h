#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace image_operations {

/// The operations of the augmentation policies, by the names of the papers.
enum class Operation {
  identity,
  shear_x,
  shear_y,
  translate_x,
  translate_y,
  rotate,
  brightness,
  color,
  contrast,
  sharpness,
  posterize,
  solarize,
  autocontrast,
  equalize,
  invert,
};

/// Applies an operation to an image as in operations.h. `magnitude` is the amount of a shear, the
/// pixels of a translation (truncated), the degrees of a rotation, the bits of posterize, the
/// threshold of solarize; brightness, color, contrast and sharpness take the factor 1 + magnitude;
/// the others ignore it.
void apply(Operation operation, const at::Tensor& image, double magnitude, double fill);

/// Whether the sign of an operation's magnitude is random.
bool is_signed(Operation operation);

/// The magnitudes of a policy's operations at full strength; solarize always falls from 1 to 0.
struct Strengths {
  /// The amount of a shear.
  double shear;
  /// Pixels of a translation along x and y.
  double translate_x, translate_y;
  /// Degrees of a rotation.
  double rotate;
  /// Of brightness, color, contrast and sharpness.
  double factor;
  /// The bits, of 8, that posterize drops.
  int64_t dropped_bits;
};

/// Of AutoAugment and RandAugment, for images of this size in pixels (Cubuk et al., CVPR 2019,
/// appendix: ranges of magnitudes). The paper shifts by up to 150 pixels; torchvision takes that
/// for images of 331 pixels and scales it.
Strengths usual_strengths(int64_t height, int64_t width);

/// Of TrivialAugment's wide space (Müller, Hutter, ICCV 2021, Table 1).
Strengths wide_strengths();

/// The magnitude of an operation at `level` in 0..1, without its sign.
double magnitude(Operation operation, double level, const Strengths& full);

}  // namespace image_operations
