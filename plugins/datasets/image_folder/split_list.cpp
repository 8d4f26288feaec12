#include "split_list.h"

#include <sla/error.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace image_folder {

namespace {

namespace fs = std::filesystem;

/// What editors and spreadsheets put at the start of a file in UTF-8.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin));
}

/// A field without the quotes around it; "" inside stands for one quote (RFC 4180).
std::string unquoted(const std::string& field) {
  if (field.size() < 2 || field.front() != '"' || field.back() != '"') return field;
  std::string text;
  for (size_t i = 1; i + 1 < field.size(); ++i) {
    text += field[i];
    if (field[i] == '"' && field[i + 1] == '"') ++i;
  }
  return text;
}

/// Where the field in quotes that a line begins with ends: at its closing quote; npos if there is
/// none.
size_t quoted_end(const std::string& line) {
  if (line.empty() || line.front() != '"') return std::string::npos;
  size_t quote = line.find('"', 1);
  while (quote != std::string::npos && quote + 1 < line.size() && line[quote + 1] == '"') {
    quote = line.find('"', quote + 2);
  }
  return quote;
}

/// The two fields of a line; nullopt if it does not have two. What separates them is a tab, else a
/// comma, else a semicolon, else the last blank; unquoted file names may contain it.
std::optional<std::pair<std::string, std::string>> fields_of(const std::string& line) {
  if (const size_t quote = quoted_end(line); quote != std::string::npos) {
    const size_t end = line.find_first_of("\t,; ", quote + 1);
    if (end == std::string::npos) return std::nullopt;
    auto label = unquoted(trimmed(std::string_view(line).substr(end + 1)));
    if (label.empty()) return std::nullopt;
    return std::pair(unquoted(line.substr(0, quote + 1)), std::move(label));
  }
  for (const char separator : {'\t', ',', ';', ' '}) {
    size_t end = line.rfind(separator);
    // A quoted class may contain the separator.
    if (!line.empty() && line.back() == '"') {
      const size_t quote = line.rfind('"', line.size() - 2);
      end = quote == std::string::npos || quote == 0 ? end : line.rfind(separator, quote - 1);
    }
    if (end == std::string::npos) continue;
    auto name = unquoted(trimmed(std::string_view(line).substr(0, end)));
    auto label = unquoted(trimmed(std::string_view(line).substr(end + 1)));
    if (name.empty() || label.empty()) return std::nullopt;
    return std::pair(std::move(name), std::move(label));
  }
  return std::nullopt;
}

/// Whether the fields are the headings of columns.
bool is_heading(const std::string& name, const std::string& label) {
  static constexpr std::array kNames{"filename", "file_name", "file",     "image", "image_name",
                                     "img",      "path",      "filepath", "name",  "image_id"};
  static constexpr std::array kLabels{"label",    "labels", "class", "class_name", "classname",
                                      "category", "target", "y",     "label_name"};
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return text;
  };
  return std::count(kNames.begin(), kNames.end(), lower(name)) > 0 &&
         std::count(kLabels.begin(), kLabels.end(), lower(label)) > 0;
}

/// The places, relative to the root, where a line of a list may mean its file to be.
std::array<fs::path, 3> places_of(const std::string& images, const std::string& name,
                                  const std::string& label) {
  return {fs::path(name).lexically_normal(), (fs::path(images) / name).lexically_normal(),
          (fs::path(images) / label / name).lexically_normal()};
}

/// The files below `root` at these places.
std::vector<fs::path> files_at(const std::array<fs::path, 3>& places, const fs::path& root) {
  std::vector<fs::path> found;
  for (const fs::path& file : places) {
    if (!fs::is_regular_file(root / file)) continue;
    if (std::find(found.begin(), found.end(), file) == found.end()) found.push_back(file);
  }
  return found;
}

}  // namespace

void read_split_list(Listing& listing, const std::string& list, const std::string& images,
                     sla::Split split) {
  const fs::path file = listing.root() / list;
  listing.depend_on(list);
  std::ifstream stream(file);
  if (!stream) throw sla::Error("cannot read list " + file.string());
  int64_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (number == 1 && line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
    line = trimmed(line);
    if (line.empty()) continue;
    const std::string where = file.string() + ":" + std::to_string(number);
    const auto fields = fields_of(line);
    if (!fields) throw sla::Error(where + ": expected 'filename,label', found '" + line + "'");
    const auto& [name, label] = *fields;
    const auto places = places_of(images, name, label);
    const auto found = files_at(places, listing.root());
    if (found.size() > 1) {
      throw sla::Error(where + ": '" + name + "' could be " + found[0].string() + " or " +
                       found[1].string() + "; give its path from the root, or move one");
    }
    if (!found.empty()) {
      listing.depend_on(found[0].parent_path());
      listing.add(split, found[0], label);
    } else if (number > 1 || !is_heading(name, label)) {
      // Adding one of these folders or its file is a change of the listing.
      for (const fs::path& place : places) listing.depend_on(place.parent_path());
      listing.leave_out(where + ": no file '" + name + "' in " +
                        (listing.root() / images).string() + ", its folder '" + label + "' or " +
                        listing.root().string() +
                        "; the list is for other images, or some are missing");
    }
  }
}

}  // namespace image_folder
