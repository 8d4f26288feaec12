#pragma once

#include <sla/split.h>

#include <string>

#include "listing.h"

namespace image_folder {

/// Adds the images of an annotation file of iNaturalist (https://github.com/visipedia/inat_comp),
/// in COCO's format, `file` relative to the root: `images` gives id and file_name, relative to the
/// root, `annotations` image_id and category_id, `categories` id and name. Returns false, and adds
/// nothing, if it has no annotations, as for the competition's test images. Throws sla::Error if it
/// is damaged, or if images, categories or files are missing.
bool read_inaturalist(Listing& listing, const std::string& file, sla::Split split);

}  // namespace image_folder
