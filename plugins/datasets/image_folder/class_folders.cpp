#include "class_folders.h"

#include <sla/error.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <vector>

#include <sla/draft/images/extensions.h>

namespace image_folder {

namespace {

namespace fs = std::filesystem;

/// What a folder holds, sorted by name; hidden entries apart.
struct Folder {
  std::vector<std::string> folders;
  std::vector<std::string> others;  // files, and links that lead nowhere
  int64_t hidden = 0;
};

Folder entries_of(const fs::path& path) {
  Folder folder;
  std::error_code failure;
  fs::directory_iterator entries(path, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    const std::string name = entries->path().filename();
    std::error_code dangling;
    if (sla::images::is_hidden(name)) {
      ++folder.hidden;
    } else if (entries->is_directory(dangling)) {
      folder.folders.push_back(name);
    } else {
      folder.others.push_back(name);
    }
  }
  if (failure) throw sla::Error("cannot read folder " + path.string() + ": " + failure.message());
  std::sort(folder.folders.begin(), folder.folders.end());
  std::sort(folder.others.begin(), folder.others.end());
  return folder;
}

void ignore_hidden(Listing& listing, const Folder& folder) {
  for (int64_t i = 0; i < folder.hidden; ++i) listing.ignore("hidden files or folders");
}

/// Adds the images in a folder and those below; returns how many there are. Links may lead to a
/// folder again: it counts once, however it is called.
int64_t read_class(Listing& listing, const std::string& name, const std::string& label,
                   sla::Split split, std::set<fs::path>& entered) {
  std::error_code failure;
  if (!entered.insert(fs::canonical(listing.root() / name, failure)).second) {
    listing.remark((listing.root() / name).string() +
                   " was read already under another name; its images count once");
    return 0;
  }
  listing.depend_on(name);
  const Folder folder = entries_of(listing.root() / name);
  ignore_hidden(listing, folder);
  int64_t images = 0;
  for (const std::string& file : folder.others) {
    if (sla::images::is_image_name(file)) {
      listing.add(split, name + "/" + file, label);
      ++images;
    } else {
      const std::string extension = sla::images::extension_of(file);
      listing.ignore(extension.empty() ? "files without extension" : extension + " files");
    }
  }
  for (const std::string& below : folder.folders) {
    images += read_class(listing, name + "/" + below, label, split, entered);
  }
  return images;
}

}  // namespace

bool has_class_folders(const Listing& listing, const std::string& folder) {
  return !entries_of(listing.root() / folder).folders.empty();
}

void read_class_folders(Listing& listing, const std::string& folder, sla::Split split) {
  listing.depend_on(folder);
  const Folder classes = entries_of(listing.root() / folder);
  ignore_hidden(listing, classes);
  for (size_t i = 0; i < classes.others.size(); ++i) listing.ignore("files beside class folders");
  for (const std::string& label : classes.folders) {
    const std::string name = folder.empty() ? label : folder + "/" + label;
    std::set<fs::path> entered;
    if (read_class(listing, name, label, split, entered) == 0) {
      listing.remark("class folder " + (listing.root() / name).string() + " holds no images");
    }
  }
}

}  // namespace image_folder
