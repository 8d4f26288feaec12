#pragma once

#include <cstdint>

#include "file_table.h"

namespace image_folder {

/// Moves fractions of each class's training images to validation and testing, those whose names
/// hash to the least numbers: rounded, but at least one for each fraction above 0 while one is left
/// for training. The same for the same names and seed; adding images moves few others.
void hold_out(FileTable& table, double validation, double test, int64_t seed);

}  // namespace image_folder
