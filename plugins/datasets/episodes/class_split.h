#pragma once

#include <ATen/core/Tensor.h>
#include <sla/dataset.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace episodes {

/// "training", "validation" or "test".
std::string split_name(sla::Split split);

/// Which of the source's classes validation and test have, by name; training has the rest. Both
/// empty: each split keeps the classes that it has in the source.
struct ClassLists {
  std::vector<std::string> validation;
  std::vector<std::string> test;
};

/// Where one image is in the source.
struct Place {
  sla::Split split;
  int64_t index;
};

/// One split: images of classes that no other split has.
struct ClassSplit {
  /// In the order of the source's splits and positions.
  std::vector<Place> images;
  /// [size] int64: the class of each image, numbered as ClassSplits::class_names.
  at::Tensor labels;
  /// The positions in `images` of each of this split's classes.
  std::vector<std::vector<int64_t>> positions;
};

/// A dataset's images divided by class; in the order of sla::Split.
struct ClassSplits {
  std::array<ClassSplit, 3> splits;
  /// Those of training first, then validation, then test, each in the source's order.
  std::vector<std::string> class_names;
  /// The number of the first class of each split in `class_names`, and the number of all.
  std::array<int64_t, 4> first_class{};
};

/// Divides a dataset by class. All images of a class, from whichever of the source's splits, go to
/// the split that its name is listed for. Throws sla::Error for a name that the source does not
/// have or that is listed twice, for a split without classes, and, without lists, for a class that
/// two of the source's splits share.
ClassSplits split_by_class(const sla::Dataset& source, const ClassLists& lists);

}  // namespace episodes
