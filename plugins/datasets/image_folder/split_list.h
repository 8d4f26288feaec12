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

/// Reads a split list in the form in which mini-ImageNet's are published (Ravi and Larochelle, ICLR
/// 2017): a heading `filename,label`, then a file name and its class on each line. The files are in
/// `images` or in a folder of it that is called like the class. Throws sla::Error naming the line
/// for a file that is not there.
std::vector<Entry> read_split_list(const std::filesystem::path& list,
                                   const std::filesystem::path& images);

}  // namespace image_folder
