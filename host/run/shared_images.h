#pragma once

#include "host/assembly/assembly.h"

namespace host::run {

/// How far the splits of a dataset overlap, as fractions of the images of the split named first.
struct SharedImages {
  double test_in_training = 0;
  double validation_in_training = 0;
  double validation_in_test = 0;
};

/// Compares all images of all splits, pixel by pixel. Remembers the answer in the cache folder for
/// the same plugins, parameters, provenance and labels, so that later starts read no image. More
/// than 100,000 images are not compared, which the log says.
SharedImages shared_images(const assembly::Assembly& assembly);

}  // namespace host::run
