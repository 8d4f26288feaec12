#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::prediction {

/// Image files, and what was not taken.
struct ImageList {
  std::vector<std::filesystem::path> files = {};
  /// Lines for the user.
  std::vector<std::string> notes = {};
};

/// The files themselves, and of folders all files below them that are images by
/// their extensions, sorted by path. Follows links, but enters no folder twice;
/// leaves out hidden ones. Throws StorageError if a path does not exist or is
/// neither file nor folder, or if there is no image.
ImageList list_images(const std::vector<std::filesystem::path>& given);

}  // namespace host::prediction
