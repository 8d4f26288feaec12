#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sla {

/// Images of a batch in a grid of rows and columns, for display.
struct Exhibit {
  /// The caption, such as "An episode: 5 classes, 1 support and 3 query images of each".
  std::string title;
  /// The names of the R rows.
  std::vector<std::string> row_names = {};
  /// The names of the C columns.
  std::vector<std::string> column_names = {};
  /// The image of the batch in each cell, row by row: R*C positions in [0, B).
  std::vector<int64_t> images = {};
};

}  // namespace sla
