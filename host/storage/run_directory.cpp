#include "host/storage/run_directory.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>

#include "host/base/errors.h"

namespace host::storage {

namespace fs = std::filesystem;

namespace {

fs::path numbered(const fs::path& base, int number) {
  return number == 1 ? base : fs::path(base.string() + "-" + std::to_string(number));
}

/// The number of a directory's name: 1 for "base", 2 for "base-2"; nullopt for other names.
std::optional<int> number_of(const std::string& name, const std::string& base) {
  if (name == base) return 1;
  if (!name.starts_with(base + "-")) return std::nullopt;
  const std::string digits = name.substr(base.size() + 1);
  int number = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, failure] = std::from_chars(digits.data(), end, number);
  if (failure != std::errc() || rest != end || number < 2 || digits.front() == '0') {
    return std::nullopt;
  }
  return number;
}

[[noreturn]] void fail_to_create(const fs::path& path, const std::error_code& failure) {
  throw StorageError("cannot create run directory " + path.string() + ": " + failure.message() +
                     "; choose another with --out");
}

}  // namespace

bool RunDirectory::holds_run() const {
  std::error_code unknown;
  const auto metrics_size = fs::file_size(metrics(), unknown);
  const bool has_metrics = !unknown && metrics_size > 0;
  return has_metrics || fs::exists(results(), unknown) || !checkpoints().files().empty();
}

void RunDirectory::create() const {
  std::error_code failure;
  fs::create_directories(path_, failure);
  if (failure) fail_to_create(path_, failure);
  if (access(path_.c_str(), W_OK) != 0) {
    throw StorageError("cannot write into run directory " + path_.string() +
                       "; choose another with --out");
  }
}

bool RunDirectory::is_own(const std::string& name) const {
  if (fs::path(name).extension() == ".ckpt") return true;
  // TensorBoard's, those of shorter runs, and what a sweep's run has printed.
  if (name.starts_with("events.out.tfevents") || name.starts_with("results-")) return true;
  if (name == "sweep.log") return true;
  const auto files = {experiment(),      provenance(), lock(),     log(),    metrics(), weights(),
                      nonfinite_batch(), results(),    analysis(), labels(), report()};
  return std::find(files.begin(), files.end(), path_ / name) != files.end();
}

fs::path RunDirectory::document(const std::string& name) const {
  const bool plain = !name.empty() && fs::path(name).filename() == name && name.front() != '.';
  if (!plain || is_own(name)) {
    throw PluginError("the dataset adds a document named '" + name +
                      "'; its name must be a plain file name that the run does not use itself");
  }
  return path_ / name;
}

fs::path create_unused_path(const fs::path& base) {
  std::error_code failure;
  if (base.has_parent_path()) fs::create_directories(base.parent_path(), failure);
  int number = 1;
  while (!failure && !fs::create_directory(numbered(base, number), failure)) ++number;
  if (failure) fail_to_create(numbered(base, number), failure);
  return numbered(base, number);
}

fs::path unused_path(const fs::path& base) {
  int number = 1;
  while (fs::exists(numbered(base, number))) ++number;
  return numbered(base, number);
}

std::vector<fs::path> numbered_paths(const fs::path& base) {
  const fs::path folder = base.has_parent_path() ? base.parent_path() : ".";
  std::map<int, fs::path> by_number;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder, absent)) {
    if (const auto number = number_of(entry.path().filename(), base.filename())) {
      by_number[*number] = numbered(base, *number);
    }
  }
  std::vector<fs::path> paths;
  for (const auto& [number, path] : by_number) {
    if (fs::is_directory(path, absent)) paths.push_back(path);
  }
  return paths;
}

}  // namespace host::storage
