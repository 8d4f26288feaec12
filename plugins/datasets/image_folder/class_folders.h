#pragma once

#include <sla/split.h>

#include <string>

#include "listing.h"

namespace image_folder {

/// Whether a folder, relative to the root, holds folders that are not hidden.
bool has_class_folders(const Listing& listing, const std::string& folder);

/// Adds the images of torchvision's layout, CLASS/*, also in folders below, that of `folder`
/// (relative to the root; "": the root itself). Files are in the order of their names. Hidden files
/// and folders, and files whose extension is no image's, are ignored and counted; folders without
/// images are no classes. Throws sla::Error if a folder cannot be read.
void read_class_folders(Listing& listing, const std::string& folder, sla::Split split);

}  // namespace image_folder
