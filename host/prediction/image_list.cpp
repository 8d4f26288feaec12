#include "host/prediction/image_list.h"

#include <sla/draft/images/extensions.h>

#include <algorithm>
#include <cstdint>
#include <set>

#include "host/base/errors.h"

namespace host::prediction {

namespace {

namespace fs = std::filesystem;

/// Gathers the images below folders.
class Walk {
 public:
  explicit Walk(ImageList& list) : list_(list) {}

  void enter(const fs::path& folder) {
    std::error_code failure;
    if (!entered_.insert(fs::canonical(folder, failure)).second) {
      list_.notes.push_back(folder.string() + " was entered already through another name; skipped");
      return;
    }
    std::vector<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(folder, failure)) entries.push_back(entry);
    if (failure) {
      list_.notes.push_back("cannot read folder " + folder.string() + ": " + failure.message());
      return;
    }
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) take(entry);
  }

  /// How many files were no images.
  int64_t others() const { return others_; }

 private:
  void take(const fs::path& entry) {
    if (entry.filename().string().starts_with('.')) return;
    std::error_code failure;
    const auto status = fs::status(entry, failure);
    if (fs::is_directory(status)) {
      enter(entry);
    } else if (!sla::images::is_image_name(entry.filename().string())) {
      ++others_;
    } else if (fs::is_regular_file(status)) {
      list_.files.push_back(entry);
    } else {
      list_.notes.push_back(entry.string() + " is " +
                            (fs::exists(status) ? "no regular file" : "a dangling link") +
                            "; skipped");
    }
  }

  ImageList& list_;
  std::set<fs::path> entered_;
  int64_t others_ = 0;
};

}  // namespace

ImageList list_images(const std::vector<fs::path>& given) {
  ImageList list;
  Walk walk(list);
  for (const fs::path& path : given) {
    std::error_code failure;
    const auto status = fs::status(path, failure);
    if (!fs::exists(status)) throw StorageError("there is no file or folder " + path.string());
    if (fs::is_directory(status)) {
      walk.enter(path);
    } else if (fs::is_regular_file(status)) {
      list.files.push_back(path);
    } else {
      throw StorageError(path.string() +
                         " is neither a regular file nor a folder: images are not read from "
                         "pipes, sockets or devices; save it as a file");
    }
  }
  if (walk.others() > 0) {
    list.notes.push_back("files left out because of their extensions: " +
                         std::to_string(walk.others()));
  }
  if (list.files.empty()) {
    std::string text = "no images to predict";
    for (const std::string& note : list.notes) text += "\n  " + note;
    throw StorageError(text);
  }
  return list;
}

}  // namespace host::prediction
