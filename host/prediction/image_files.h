#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/plugin/dataset.h"
#include "host/plugin/image_reader.h"

namespace host::prediction {

/// Why files could not be read, by their place in the list. Any thread.
class Failures {
 public:
  void add(int64_t number, std::string reason);
  std::map<int64_t, std::string> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<int64_t, std::string> reasons_;
};

/// How a dataset's images are made from files: as it says, or else the central
/// square of an image, scaled; then `note` says so. Throws PluginError if its
/// images are not square and of three channels.
plugin::ImageReader reader_for(const plugin::Dataset& dataset, std::string& note);

/// Image files in place of a dataset's splits, each of which then consists of
/// them, in order. Their classes are unknown: all labels are 0. A file that
/// cannot be read becomes an image of zeros and is added to `failures`.
plugin::Dataset in_place_of(const plugin::Dataset& dataset, plugin::ImageReader read,
                            std::vector<std::filesystem::path> files,
                            std::shared_ptr<Failures> failures);

}  // namespace host::prediction
