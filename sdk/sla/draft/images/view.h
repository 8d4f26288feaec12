#pragma once

#include <sla/random.h>
#include <sla/random_rectangle.h>

#include "sla/draft/images/axis.h"

namespace sla::images {

/// What part of an upright image becomes the output image.
struct View {
  /// From left to right.
  Axis horizontal;
  /// From top to bottom.
  Axis vertical;
};

/// A random rectangle, scaled to `size` x `size`: torchvision's RandomResizedCrop.
View random_view(int width, int height, const sla::RectangleRecipe& recipe,
                 sla::RandomStream random, int size);

/// The image scaled so that its shorter side is `resize`, then the central `size` x `size`, with
/// the rounding of torchvision's Resize and CenterCrop.
View central_view(int width, int height, int resize, int size);

}  // namespace sla::images
