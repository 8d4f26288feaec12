#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sla {

/// The learning task, known before training.
struct Task {
  /// Number of classes N.
  int64_t classes = 0;
  /// Number of transformations M; 1 without a transformation.
  int64_t transformations = 1;
  /// The number of training images of each of the N classes.
  std::vector<int64_t> class_counts = {};
  /// The names of the N classes.
  std::vector<std::string> class_names = {};
};

}  // namespace sla
