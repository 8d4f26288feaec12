#pragma once

#include <ATen/core/Tensor.h>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "host/training/assembly.h"

namespace host::gallery {

/// Images in rows and columns, each with a caption.
struct Panel {
  std::string title;
  /// [rows*columns, C, H, W], row by row.
  at::Tensor images;
  std::vector<std::string> row_names;
  std::vector<std::string> column_names;
  /// One for each image, or none at all.
  std::vector<std::string> captions = {};
};

/// The first training batch as the model will see it, after augmentation: laid out as the dataset
/// wants it shown, where it does, and some of its images under all M transformations with their
/// joint labels. Throws what loading the batch throws.
std::vector<Panel> panels(const training::Assembly& assembly);

/// A name for each of the M transformations: "identity", "rotation 1, color_perm 3".
std::vector<std::string> transformation_names(const training::Assembly& assembly);

/// Panels for the report, their images in one picture each.
nlohmann::json to_json(const std::vector<Panel>& panels);

}  // namespace host::gallery
