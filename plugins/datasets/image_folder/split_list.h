#pragma once

#include <sla/split.h>

#include <string>

#include "listing.h"

namespace image_folder {

/// Adds the images of a list, `list` relative to the root, as mini-ImageNet has it (Ravi and
/// Larochelle, ICLR 2017): a file name and its class per line, below a heading such as
/// `filename,label` or none. Blanks around them, quotes, tabs, semicolons or blanks instead of
/// commas, and a byte order mark are fine. File names are relative to the folder `images` in the
/// root, to its subfolder named after the class, or to the root. Throws sla::Error naming the line
/// if a file is missing.
void read_split_list(Listing& listing, const std::string& list, const std::string& images,
                     sla::Split split);

}  // namespace image_folder
