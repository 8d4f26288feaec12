#include "host/plugin/search_path.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <torch/version.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

#include "host/base/errors.h"
#include "host/base/installation.h"
#include "host/experiment/suggest.h"

namespace host::plugin {

namespace fs = std::filesystem;

namespace {

/// Whether a folder's owner is neither this user, root nor the program's owner: in a folder such as
/// /tmp anyone can create a missing folder.
bool is_strangers(const fs::path& folder) {
  struct stat about {};
  struct stat program {};
  if (stat(folder.c_str(), &about) != 0 || stat("/proc/self/exe", &program) != 0) return false;
  return about.st_uid != 0 && about.st_uid != geteuid() && about.st_uid != program.st_uid;
}

/// Whether anyone may write into a folder, or replace the folder by another one.
bool everybody_may_write(const fs::path& folder) {
  std::error_code absent;
  const auto has = [](fs::perms permissions, fs::perms asked) {
    return (permissions & asked) != fs::perms::none;
  };
  if (has(fs::status(folder, absent).permissions(), fs::perms::others_write) && !absent)
    return true;
  for (fs::path above = folder.parent_path(); above != above.parent_path();
       above = above.parent_path()) {
    const auto permissions = fs::status(above, absent).permissions();
    // In a sticky folder, such as /tmp, nobody can replace another user's files.
    if (!absent && has(permissions, fs::perms::others_write) &&
        !has(permissions, fs::perms::sticky_bit)) {
      return true;
    }
  }
  return false;
}

/// The folders, each preceded by its subfolder with builds for this host's LibTorch.
std::vector<fs::path> with_builds(const std::vector<fs::path>& folders) {
  std::vector<fs::path> all;
  for (const fs::path& folder : folders) {
    all.push_back(folder / TORCH_VERSION);
    all.push_back(folder);
  }
  return all;
}

/// Says once that a plugin is not used because one of its name comes earlier. Builds for several
/// LibTorch versions, and a folder that is listed twice, are meant.
void warn_of_hidden(const fs::path& file, const fs::path& used) {
  static std::set<fs::path> told;
  std::error_code unreadable;
  const bool builds = file.parent_path() == used.parent_path().parent_path();
  if (builds || fs::equivalent(file, used, unreadable) || !told.insert(file).second) return;
  spdlog::warn("plugin {} is not used: {} has the same name and comes earlier in the search path",
               file.string(), used.string());
}

/// Builds of a plugin for other LibTorch versions, separated by commas.
std::string other_builds(const std::string& name, const std::vector<fs::path>& folders) {
  std::string found;
  for (const fs::path& folder : folders) {
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(folder, absent)) {
      const fs::path file = entry.path() / (name + ".so");
      if (fs::exists(file, absent)) found += (found.empty() ? "" : ", ") + file.string();
    }
  }
  return found;
}

}  // namespace

std::vector<SearchFolder> search_folders(const std::vector<fs::path>& first) {
  std::vector<SearchFolder> folders;
  folders.reserve(first.size());
  for (const fs::path& folder : first) folders.push_back({folder, "plugin_path"});
  if (const char* variable = std::getenv("SLA_PLUGIN_PATH")) {
    std::istringstream stream(variable);
    for (std::string folder; std::getline(stream, folder, ':');) {
      if (!folder.empty()) folders.push_back({folder, "SLA_PLUGIN_PATH"});
    }
  }
  // Beside the program in a build tree, under lib/ in an installation.
  const fs::path program = this_program().parent_path();
  for (const fs::path& folder :
       {program / "plugins", program.parent_path() / "lib" / "sla" / "plugins"}) {
    folders.push_back({folder, "this program"});
    if (everybody_may_write(folder)) {
      folders.back().refusal =
          "anyone may write to it or to one of its parent folders; run chmod o-w on that folder, "
          "or add it to SLA_PLUGIN_PATH";
    } else if (is_strangers(folder)) {
      folders.back().refusal =
          "its owner is neither you, root nor the owner of this program; add it "
          "to SLA_PLUGIN_PATH if you trust it";
    }
  }
  return folders;
}

std::vector<fs::path> search_path(const std::vector<fs::path>& first) {
  std::vector<fs::path> searched;
  for (const SearchFolder& folder : search_folders(first)) {
    if (folder.refusal.empty())
      searched.push_back(folder.path);
    else
      spdlog::warn("ignoring the plugins in {}: {}", folder.path.string(), folder.refusal);
  }
  return searched;
}

std::vector<fs::path> list_plugins(const std::vector<fs::path>& folders) {
  std::map<std::string, fs::path> by_name;
  for (const fs::path& folder : with_builds(folders)) {
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(folder, absent)) {
      if (entry.path().extension() != ".so") continue;
      const auto [first, is_new] = by_name.emplace(entry.path().stem(), entry.path());
      if (!is_new) warn_of_hidden(entry.path(), first->second);
    }
  }
  std::vector<fs::path> files;
  files.reserve(by_name.size());
  for (const auto& [name, file] : by_name) files.push_back(file);
  return files;
}

fs::path find_plugin(const std::string& name, const std::vector<fs::path>& folders) {
  std::error_code unreadable;
  if (fs::path(name).is_absolute()) {
    if (fs::exists(name, unreadable)) return name;
    throw PluginError("no plugin file " + name + "; build it, or fix the path");
  }
  if (name.find('/') != std::string::npos) {
    throw PluginError("plugin '" + name + "' is neither a name nor an absolute path");
  }
  fs::path found;
  for (const fs::path& folder : with_builds(folders)) {
    fs::path file = folder / (name + ".so");
    if (!fs::exists(file, unreadable)) continue;
    if (!found.empty()) warn_of_hidden(file, found);
    if (found.empty()) found = std::move(file);
  }
  if (!found.empty()) return found;
  std::vector<std::string> known;
  for (const fs::path& file : list_plugins(folders)) known.push_back(file.stem().string());
  std::string searched;
  for (const fs::path& folder : folders) {
    searched += (searched.empty() ? "" : ", ") + folder.string() +
                (fs::is_directory(folder, unreadable) ? "" : " (no such folder)");
  }
  const std::string builds = other_builds(name, folders);
  if (!builds.empty()) {
    throw PluginError("plugin '" + name + "' is not built for this host's LibTorch " +
                      TORCH_VERSION + ", only for others: " + builds +
                      "; build it for this one, into a folder " + TORCH_VERSION + " next to those");
  }
  throw PluginError("no plugin '" + name + "' in the search path" +
                    experiment::suggest(name, known) + ". Searched: " + searched +
                    ". Others are found through plugin_path, SLA_PLUGIN_PATH or the path of a .so");
}

}  // namespace host::plugin
