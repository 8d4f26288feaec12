#include "host/experiment/profile_texts.h"

#include <fstream>
#include <map>

namespace host::experiment {

namespace {

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The first line of the comment block that ends right above a line (numbered from 1).
std::string comment_above(const std::vector<std::string>& lines, int64_t line) {
  std::string first;
  for (auto above = line - 2; above >= 0 && above < std::ssize(lines); --above) {
    const std::string& text = lines[static_cast<size_t>(above)];
    if (!text.starts_with('#')) break;
    const auto begin = text.find_first_not_of("# ");
    first = begin == std::string::npos ? "" : text.substr(begin);
  }
  return first;
}

}  // namespace

std::vector<ProfileText> profile_texts(const Profiles& profiles) {
  std::map<std::string, std::vector<std::string>> files;  // their lines
  std::vector<ProfileText> texts;
  for (const auto& [name, where] : profiles.list()) {
    const auto [file, is_new] = files.try_emplace(where.file);
    if (is_new) file->second = lines_of(where.file);
    texts.push_back({name, comment_above(file->second, where.line)});
  }
  return texts;
}

}  // namespace host::experiment
