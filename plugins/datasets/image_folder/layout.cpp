#include "layout.h"

#include <sla/error.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <vector>

#include <sla/draft/images/extensions.h>
#include "class_folders.h"
#include "inaturalist.h"
#include "split_list.h"

namespace image_folder {

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

constexpr size_t kMostNames = 10;  // of what the root holds, in messages

/// How the splits are usually called, in the order of sla::Split.
const std::array<Names, 3> kUsualNames{{{"train"}, {"val", "validation", "valid"}, {"test"}}};

std::string joined(const Names& names, const std::string& separator) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < kMostNames; ++i)
    text += (i > 0 ? separator : "") + names[i];
  return text + (names.size() > kMostNames ? ", ..." : "");
}

/// What the root holds, sorted.
Names names_in(const fs::path& root) {
  Names names;
  std::error_code failure;
  fs::directory_iterator entries(root, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    names.push_back(entries->path().filename());
  }
  if (failure) throw sla::Error("cannot read folder " + root.string() + ": " + failure.message());
  std::erase_if(names, [](const std::string& name) { return sla::images::is_hidden(name); });
  std::sort(names.begin(), names.end());
  return names;
}

/// How well a file or folder fits as the split `name`: 3 a list, 2 annotations, 1 a folder, 0 not.
int fit(const fs::path& root, const std::string& file, const std::string& name) {
  if (!file.starts_with(name)) return 0;
  const std::string extension = sla::images::extension_of(file);
  const std::string rest = file.substr(name.size(), file.size() - name.size() - extension.size());
  if (rest.empty() && (extension == ".csv" || extension == ".tsv" || extension == ".txt")) return 3;
  const bool is_year =
      std::all_of(rest.begin(), rest.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (is_year && extension == ".json") return 2;
  return file == name && fs::is_directory(root / file) ? 1 : 0;
}

/// The file or folder of a split that is not named by the experiment; "" if there is none.
std::string find_split(const fs::path& root, const Names& content, size_t split,
                       const std::array<std::string, 3>& named) {
  int best = 1;
  Names found;
  for (const std::string& file : content) {
    if (std::count(named.begin(), named.end(), file) > 0) continue;
    for (const std::string& name : kUsualNames.at(split)) {
      const int how = fit(root, file, name);
      if (how > best) found.clear();
      if (how >= best) found.push_back(file), best = how;
    }
  }
  if (found.size() > 1) {
    const std::string key =
        kUsualNames.at(split).size() > 1 ? "validation" : kUsualNames.at(split)[0];
    throw sla::Error("in " + root.string() + " each of " + joined(found, ", ") + " could be for " +
                     std::string(split_text(static_cast<sla::Split>(split))) + "; choose with " +
                     key + " = \"" + found.front() + "\"");
  }
  return found.empty() ? "" : found.front();
}

/// Adds a split; returns what it is, or "" if its images have no classes.
std::string read_split(Listing& listing, const std::string& name, sla::Split split,
                       const std::string& images) {
  if (fs::is_directory(listing.root() / name)) {
    if (!has_class_folders(listing, name)) return "";
    read_class_folders(listing, name, split);
    return "class folders in " + (name.empty() ? "the root" : name);
  }
  if (sla::images::extension_of(name) == ".json") {
    return read_inaturalist(listing, name, split) ? "annotations " + name : "";
  }
  read_split_list(listing, name, images, split);
  return "list " + name;
}

}  // namespace

FoundLayout read_layout(Listing& listing, const LayoutOptions& options) {
  listing.depend_on("");
  const Names content = names_in(listing.root());
  std::array<std::string, 3> names = options.splits;
  for (size_t split = 0; split < names.size(); ++split) {
    if (names.at(split).empty()) {
      names.at(split) = find_split(listing.root(), content, split, options.splits);
    } else if (!fs::exists(listing.root() / names.at(split))) {
      throw sla::Error("no '" + names.at(split) + "' in " + listing.root().string() +
                       ", which holds " + joined(content, ", "));
    }
  }
  const bool is_divided = !names[0].empty() || !names[1].empty() || !names[2].empty();

  FoundLayout layout;
  for (const auto split : {sla::Split::train, sla::Split::validation, sla::Split::test}) {
    const auto number = static_cast<size_t>(split);
    const bool is_whole = split == sla::Split::train && !is_divided;
    if (names.at(number).empty() && !is_whole) continue;
    layout.at(number) = read_split(listing, names.at(number), split, options.images);
    if (layout.at(number).empty() && split != sla::Split::train) {
      listing.remark(names.at(number) + " does not say what its images show: ignored");
    }
  }
  if (layout[0].empty()) {
    throw sla::Error("no training images in " + listing.root().string() +
                     ": expected a folder 'train' of class folders, a list train.csv, .tsv or "
                     ".txt, train.json, or class folders; found " +
                     (content.empty() ? "nothing" : joined(content, ", ")));
  }
  return layout;
}

}  // namespace image_folder
