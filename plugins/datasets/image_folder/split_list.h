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

/// Reads a split list as mini-ImageNet has it (Ravi and Larochelle, ICLR 2017): a file name and its
/// class per line, below a heading such as `filename,label` or none. Blanks around them, quotes,
/// tabs or semicolons instead of commas, and a byte order mark are fine. The files are in `images`,
/// or in a subfolder named after the class. Throws sla::Error naming the line if a file is missing.
std::vector<Entry> read_split_list(const std::filesystem::path& list,
                                   const std::filesystem::path& images);

}  // namespace image_folder
