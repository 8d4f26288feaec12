#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "catalogue.h"
#include "source_state.h"

namespace image_folder {

/// A catalogue in the cache folder, with the states of the files and folders that it was made from.
class CatalogueFile {
 public:
  explicit CatalogueFile(std::filesystem::path file) : file_(std::move(file)) {}

  /// The catalogue; nullopt if there is none, it is damaged, or one of its sources below `root` has
  /// changed.
  std::optional<Catalogue> read(const std::filesystem::path& root) const;

  /// Writes it, unless one of its sources, which were read from the time `read` on, changed less
  /// than two seconds before. Throws std::exception.
  void write(Catalogue catalogue, const std::map<std::string, SourceState>& sources,
             std::chrono::system_clock::time_point read) const;

 private:
  std::filesystem::path file_;
};

}  // namespace image_folder
