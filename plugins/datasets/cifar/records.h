#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "layout.h"

namespace cifar {

/// Images and labels of one or more files, in file order.
struct Records {
  at::Tensor images;  // [N, 3, 32, 32] uint8
  at::Tensor labels;  // [N] int64
};

/// Reads the files of one split. Throws sla::Error if a file is missing, does not have exactly
/// `records_per_file` records, or holds a label out of range.
Records read_records(const Layout& layout, const std::vector<std::filesystem::path>& files,
                     int64_t records_per_file);

/// Reads the class names. Throws sla::Error if their number is not the number of classes.
std::vector<std::string> read_class_names(const Layout& layout, const std::filesystem::path& file);

}  // namespace cifar
