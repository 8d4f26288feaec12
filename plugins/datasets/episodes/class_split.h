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

/// The names of the source's validation and test classes; training gets the rest. If both are
/// empty, each split keeps its classes from the source.
struct ClassLists {
  std::vector<std::string> validation;
  std::vector<std::string> test;
};

/// The location of an image in the source.
struct Place {
  sla::Split split;
  int64_t index;
};

/// One split: images of classes that no other split has.
struct ClassSplit {
  /// In the order of the source's splits and positions.
  std::vector<Place> images;
  /// [size] int64: the class of each image, an index into ClassSplits::class_names.
  at::Tensor labels;
  /// For each class of this split, its positions in `images`.
  std::vector<std::vector<int64_t>> positions;
};

/// A dataset's images divided by class, in the order of sla::Split.
struct ClassSplits {
  std::array<ClassSplit, 3> splits;
  /// The training classes, then validation, then test, each in the source's order.
  std::vector<std::string> class_names;
  /// The index in `class_names` of each split's first class, and the number of classes.
  std::array<int64_t, 4> first_class{};
};

/// Divides a dataset by class. All images of a class, from any split of the source, go to the
/// split that lists its name. Throws sla::Error if a name is not in the source or is listed
/// twice, if a split has no classes, and, without lists, if two of the source's splits share a
/// class.
ClassSplits split_by_class(const sla::Dataset& source, const ClassLists& lists);

}  // namespace episodes
