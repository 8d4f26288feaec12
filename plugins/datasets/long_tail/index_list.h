#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace long_tail {

/// How to draw a long-tailed training set from its source.
struct Recipe {
  /// "exp" or "step".
  std::string profile;
  /// Size of the largest class divided by that of the smallest.
  double ratio = 1;
  /// Determines which images of a class are kept.
  int64_t seed = 0;

  bool operator==(const Recipe&) const = default;
};

/// The images kept, as sorted positions in the source's training split: [n] int64.
at::Tensor draw(const Recipe& recipe, const at::Tensor& source_labels,
                const std::vector<std::string>& class_names);

/// The list as a JSON document with the recipe, its own digest and that of the source's labels.
std::string to_document(const at::Tensor& indices, const Recipe& recipe,
                        const at::Tensor& source_labels);

/// Reads such a document. Throws sla::Error if it is damaged, or belongs to a different recipe or
/// source.
at::Tensor read_document(const std::filesystem::path& file, const Recipe& recipe,
                         const at::Tensor& source_labels);

}  // namespace long_tail
