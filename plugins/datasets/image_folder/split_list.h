#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace image_folder {

/// One line of a split list.
struct Entry {
  std::filesystem::path file;
  std::string label;
  /// LIST:LINE, for messages.
  std::string where;
};

/// Reads a split list in mini-ImageNet's format (Ravi and Larochelle, ICLR 2017): a header
/// `filename,label`, then a file name and its class per line. The files are in `images`, or
/// in a subfolder named after the class. Throws sla::Error naming the line if a file is
/// missing.
std::vector<Entry> read_split_list(const std::filesystem::path& list,
                                   const std::filesystem::path& images);

}  // namespace image_folder
