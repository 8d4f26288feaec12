#include "host/storage/run_directory.h"

#include <unistd.h>

#include <utility>

#include "host/errors.h"

namespace host::storage {

namespace fs = std::filesystem;

namespace {

fs::path numbered(const fs::path& base, int number) {
  return number == 1 ? base : fs::path(base.string() + "-" + std::to_string(number));
}

}  // namespace

RunDirectory::RunDirectory(fs::path path) : path_(std::move(path)) {
  std::error_code failure;
  fs::create_directories(path_, failure);
  if (failure) {
    throw StorageError("cannot create run directory " + path_.string() + ": " + failure.message() +
                       "; choose another with --out");
  }
  if (access(path_.c_str(), W_OK) != 0) {
    throw StorageError("cannot write into run directory " + path_.string() +
                       "; choose another with --out");
  }
}

fs::path RunDirectory::document(const std::string& name) const {
  fs::path file = path_ / name;
  const bool plain = !name.empty() && fs::path(name).filename() == name && name.front() != '.';
  for (const auto& own : {experiment(), provenance(), log(), metrics(), last_checkpoint(),
                          best_checkpoint(), weights(), results()}) {
    if (plain && file != own) continue;
    throw PluginError("the dataset gives the run a document named '" + name +
                      "'; it must be a plain file name that is none of the run's own");
  }
  return file;
}

fs::path unused_path(const fs::path& base) {
  int number = 1;
  while (fs::exists(numbered(base, number))) ++number;
  return numbered(base, number);
}

fs::path newest_path(const fs::path& base) {
  fs::path newest;
  for (int number = 1; fs::exists(numbered(base, number)); ++number) {
    if (fs::exists(numbered(base, number) / RunDirectory::kLastCheckpoint))
      newest = numbered(base, number);
  }
  return newest;
}

}  // namespace host::storage
