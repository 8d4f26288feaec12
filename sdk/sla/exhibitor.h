#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sla/batch.h"

namespace sla {

/// Images of a batch, laid out in rows and columns for people to look at.
struct Exhibit {
  /// What is seen, such as "An episode: 5 classes, 1 support and 3 query images of each".
  std::string title;
  /// A name for each row, R of them.
  std::vector<std::string> row_names = {};
  /// A name for each column, C of them.
  std::vector<std::string> column_names = {};
  /// Which image of the batch is at each place, row by row: R*C positions in [0, B).
  std::vector<int64_t> images = {};
};

/// What a dataset may offer whose batches have an order of their own, such as episodes; otherwise
/// the gallery shows a batch as a list of images. A dataset derives from it beside Dataset:
///
///     class Mine final : public sla::Dataset, public sla::Exhibitor { ... };
class Exhibitor {
 public:
  virtual ~Exhibitor() = default;

  /// The layout of a training batch that the dataset's own sampler drew, or of its beginning.
  /// Called from the main thread.
  virtual Exhibit exhibit(const Batch& batch) const = 0;
};

}  // namespace sla
