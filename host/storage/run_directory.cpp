#include "host/storage/run_directory.h"

#include <unistd.h>

#include "host/base/errors.h"

namespace host::storage {

namespace fs = std::filesystem;

namespace {

fs::path numbered(const fs::path& base, int number) {
  return number == 1 ? base : fs::path(base.string() + "-" + std::to_string(number));
}

[[noreturn]] void fail_to_create(const fs::path& path, const std::error_code& failure) {
  throw StorageError("cannot create run directory " + path.string() + ": " + failure.message() +
                     "; choose another with --out");
}

}  // namespace

void RunDirectory::create() const {
  std::error_code failure;
  fs::create_directories(path_, failure);
  if (failure) fail_to_create(path_, failure);
  if (access(path_.c_str(), W_OK) != 0) {
    throw StorageError("cannot write into run directory " + path_.string() +
                       "; choose another with --out");
  }
}

fs::path RunDirectory::document(const std::string& name) const {
  fs::path file = path_ / name;
  const bool plain = !name.empty() && fs::path(name).filename() == name && name.front() != '.';
  const bool checkpoint = fs::path(name).extension() == ".ckpt";
  for (const auto& own :
       {experiment(), provenance(), lock(), log(), metrics(), last_checkpoint(), best_checkpoint(),
        weights(), nonfinite_batch(), results(), analysis(), report()}) {
    if (plain && !checkpoint && file != own) continue;
    throw PluginError("the dataset adds a document named '" + name +
                      "'; its name must be a plain file name that the run does not use itself");
  }
  return file;
}

fs::path create_unused_path(const fs::path& base) {
  std::error_code failure;
  if (base.has_parent_path()) fs::create_directories(base.parent_path(), failure);
  int number = 1;
  while (!failure && !fs::create_directory(numbered(base, number), failure)) ++number;
  if (failure) fail_to_create(numbered(base, number), failure);
  return numbered(base, number);
}

fs::path newest_path(const fs::path& base) {
  fs::path newest;
  for (int number = 1; fs::exists(numbered(base, number)); ++number) {
    if (!CheckpointHistory(numbered(base, number)).files().empty()) newest = numbered(base, number);
  }
  return newest;
}

}  // namespace host::storage
