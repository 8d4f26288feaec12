#pragma once

#include <ATen/core/Tensor.h>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "host/assembly/assembly.h"

namespace host::gallery {

/// Images in rows and columns, each with a caption.
struct Panel {
  std::string title;
  /// [rows*columns, C, H, W], in row-major order.
  at::Tensor images;
  std::vector<std::string> row_names;
  std::vector<std::string> column_names;
  /// One per image, or none.
  std::vector<std::string> captions = {};
};

/// The first training batch as the model sees it, after augmentation: in the dataset's own layout
/// if it has one, and some of its images under all M transformations with their joint labels.
/// Throws what loading the batch throws.
std::vector<Panel> panels(const assembly::Assembly& assembly);

/// Panels for the report, each with its images in a single one.
nlohmann::json to_json(const std::vector<Panel>& panels);

}  // namespace host::gallery
