#pragma once

#include <array>
#include <string>

#include "listing.h"

namespace image_folder {

/// What the experiment says about where the images are.
struct LayoutOptions {
  /// The folder of class folders, list or annotation file of each split, relative to the root, in
  /// the order of sla::Split; empty: found by its name.
  std::array<std::string, 3> splits;
  /// The folder, relative to the root, that lists refer to.
  std::string images;
};

/// Which splits were found, and as what, in the order of sla::Split; "" for those that were not.
using FoundLayout = std::array<std::string, 3>;

/// Finds and adds the images of each split: the list NAME.csv, .tsv or .txt, the annotation file
/// NAME.json (perhaps with a year before the dot) or the folder of class folders NAME, for the
/// NAMEs train; val, validation or valid; test. If there is none of them, the root's own folders
/// are classes for training. Throws sla::Error if there is nothing to train on, if two things could
/// be the same split, and if what the experiment names is missing.
FoundLayout read_layout(Listing& listing, const LayoutOptions& options);

}  // namespace image_folder
