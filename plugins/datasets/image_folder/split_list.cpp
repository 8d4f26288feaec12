#include "split_list.h"

#include <sla/error.h>

#include <fstream>

namespace image_folder {

namespace fs = std::filesystem;

std::vector<Entry> read_split_list(const fs::path& list, const fs::path& images) {
  std::ifstream stream(list);
  if (!stream) {
    throw sla::Error("cannot open split list " + list.string() +
                     "; it must be a CSV file of file names and classes under root");
  }
  std::vector<Entry> entries;
  int64_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || (number == 1 && line == "filename,label")) continue;
    const std::string where = list.string() + ":" + std::to_string(number);
    const auto comma = line.rfind(',');
    if (comma == std::string::npos || comma == 0 || comma + 1 == line.size()) {
      throw sla::Error(where + ": expected 'filename,label', found '" + line + "'");
    }
    const std::string name = line.substr(0, comma);
    const std::string label = line.substr(comma + 1);
    fs::path file = images / name;
    if (!fs::exists(file)) file = images / label / name;
    if (!fs::exists(file)) {
      throw sla::Error(where + ": no file '" + name + "' in " + images.string() + " or " +
                       (images / label).string() +
                       "; the list is for other images, or some "
                       "are missing");
    }
    entries.push_back({std::move(file), label, where});
  }
  return entries;
}

}  // namespace image_folder
