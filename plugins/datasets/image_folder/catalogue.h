#pragma once

#include <sla/host.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "file_table.h"
#include "layout.h"

namespace image_folder {

/// What determines which images are used.
struct CatalogueOptions {
  std::filesystem::path root;
  LayoutOptions layout;
  /// Fractions of each class's training images to hold out if the split is missing.
  double held_out_validation = 0;
  double held_out_test = 0;
  int64_t split_seed = 0;
  bool disjoint_classes = false;
  bool skip_unreadable = false;
};

/// All that is found out about the images before any is used.
struct Catalogue {
  FileTable table;
  /// Lines for the log.
  std::vector<std::string> remarks;
  /// For the provenance: the same wherever the folder lies.
  std::map<std::string, std::string> facts;
};

/// Reads folders and lists at the first use, which may take minutes for a million images; later
/// from the host's cache folder, as long as no folder or list has changed. Throws sla::Error, see
/// read_layout() and check_table().
Catalogue load_catalogue(const CatalogueOptions& options, sla::Host& host);

}  // namespace image_folder
