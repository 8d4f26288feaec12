#include "host/storage/checkpoint_history.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <string>

#include "host/base/errors.h"
#include "host/storage/atomic_file.h"
#include "host/storage/output_file.h"
#include "host/storage/run_directory.h"

namespace host::storage {

namespace fs = std::filesystem;

namespace {

/// The age of a checkpoint by its name, 0 for the newest; nullopt for other files.
std::optional<int64_t> age_of(const std::string& name) {
  if (name == RunDirectory::kLastCheckpoint) return 0;
  const std::string begin = "last-";
  const std::string end = ".ckpt";
  if (!name.starts_with(begin) || !name.ends_with(end)) return std::nullopt;
  const std::string number = name.substr(begin.size(), name.size() - begin.size() - end.size());
  if (number.empty() || number.size() > 9 ||
      number.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  return std::stoll(number);
}

void move_file(const fs::path& from, const fs::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) fail("replace", to);
}

}  // namespace

fs::path CheckpointHistory::file(int64_t age) const {
  if (age == 0) return folder_ / RunDirectory::kLastCheckpoint;
  return folder_ / ("last-" + std::to_string(age) + ".ckpt");
}

std::vector<fs::path> CheckpointHistory::files() const {
  std::map<int64_t, fs::path> by_age;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder_, absent)) {
    if (const auto age = age_of(entry.path().filename())) by_age[*age] = entry.path();
  }
  std::vector<fs::path> files;
  files.reserve(by_age.size());
  for (const auto& [age, path] : by_age) files.push_back(path);
  return files;
}

void CheckpointHistory::write(const TensorFile& content, int64_t keep) const {
  const fs::path written = folder_ / "new.ckpt";
  write_checkpoint(written, content);
  // From here on there is one intact checkpoint more than needed, so failures are harmless.
  std::error_code absent;
  for (int64_t age = keep - 1; age > 0; --age) {
    if (fs::exists(file(age - 1), absent)) move_file(file(age - 1), file(age));
  }
  move_file(written, file(0));
  for (const fs::path& old : files()) {
    if (age_of(old.filename()).value_or(0) < keep) continue;
    if (unlink(old.c_str()) != 0) fail("remove", old);
  }
  sync_folder(folder_);
}

std::optional<CheckpointHistory::Found> CheckpointHistory::take_newest() const {
  std::string complaints;
  for (const fs::path& path : files()) {
    try {
      Found found{path, read_checkpoint(path)};
      if (!complaints.empty()) {
        spdlog::warn("{}the run continues from {}", complaints, path.filename().string());
      }
      return found;
    } catch (const DamagedFileError& error) {
      const fs::path aside = path.string() + ".damaged";
      complaints += std::string(error.what()) + "; renamed to " + aside.filename().string() + "; ";
      move_file(path, aside);
    }
  }
  if (complaints.empty()) return std::nullopt;
  throw DamagedFileError(complaints + "the run has no intact checkpoint: start it again");
}

}  // namespace host::storage
