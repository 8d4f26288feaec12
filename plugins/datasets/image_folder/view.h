#pragma once

#include <sla/random.h>

#include <array>
#include <cstdint>

#include "resample.h"

namespace image_folder {

/// How training images are cropped: torchvision's RandomResizedCrop (Szegedy et al., "Going Deeper
/// with Convolutions", CVPR 2015).
struct CropRecipe {
  /// The least and the greatest area, as a fraction of the image's.
  std::array<double, 2> area{0.08, 1};
  /// The least and the greatest ratio of width to height.
  std::array<double, 2> aspect{3.0 / 4, 4.0 / 3};
};

/// A rectangle of an image of `width` x `height` pixels whose area is uniform and whose aspect is
/// log-uniform within the recipe: the first of ten that fits into the image, at a uniform place;
/// else the largest central one whose aspect is within the recipe.
Window random_crop_rectangle(int width, int height, const CropRecipe& recipe,
                             sla::RandomStream random);

/// What part of an upright image becomes the output image.
struct View {
  Axis horizontal;
  Axis vertical;
};

/// A rectangle, scaled to `size` x `size`.
View rectangle_view(const Window& rectangle, int size);

/// The image scaled so that its shorter side is `resize`, then the central `size` x `size`, with
/// the rounding of torchvision's Resize and CenterCrop.
View central_view(int width, int height, int resize, int size);

}  // namespace image_folder
