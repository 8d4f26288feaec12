#include "host/plugin/search_path.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "host/errors.h"
#include "host/experiment/suggest.h"

namespace host::plugin {

namespace fs = std::filesystem;

namespace {

/// Whether a folder is somebody's who could not as well have put this program there: in a folder
/// such as /tmp everybody can make one that is not there yet.
bool is_strangers(const fs::path& folder) {
  struct stat about {};
  struct stat program {};
  if (stat(folder.c_str(), &about) != 0 || stat("/proc/self/exe", &program) != 0) return false;
  return about.st_uid != 0 && about.st_uid != geteuid() && about.st_uid != program.st_uid;
}

/// Whether everybody may put files into a folder, or another folder into its place.
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
    // In a sticky folder, such as /tmp, nobody replaces what is another's.
    if (!absent && has(permissions, fs::perms::others_write) &&
        !has(permissions, fs::perms::sticky_bit)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<SearchFolder> search_folders(const std::vector<fs::path>& first) {
  std::vector<SearchFolder> folders;
  for (const fs::path& folder : first) folders.push_back({folder, "plugin_path"});
  if (const char* variable = std::getenv("SLA_PLUGIN_PATH")) {
    std::istringstream stream(variable);
    for (std::string folder; std::getline(stream, folder, ':');) {
      if (!folder.empty()) folders.push_back({folder, "SLA_PLUGIN_PATH"});
    }
  }
  // Beside the program in a build tree, under lib/ where it is installed.
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  for (const fs::path& folder :
       {program / "plugins", program.parent_path() / "lib" / "sla" / "plugins"}) {
    folders.push_back({folder, "this program"});
    if (everybody_may_write(folder)) {
      folders.back().refusal =
          "everybody may write to it, or to a folder above it; take that right away (chmod o-w), "
          "or name it in SLA_PLUGIN_PATH";
    } else if (is_strangers(folder)) {
      folders.back().refusal =
          "it belongs to somebody who is neither you, root nor the owner of this program; name it "
          "in SLA_PLUGIN_PATH if you trust it";
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
      spdlog::warn("no plugin is loaded from {}: {}", folder.path.string(), folder.refusal);
  }
  return searched;
}

std::vector<fs::path> list_plugins(const std::vector<fs::path>& folders) {
  std::map<std::string, fs::path> by_name;
  for (const fs::path& folder : folders) {
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(folder, absent)) {
      if (entry.path().extension() == ".so") by_name.emplace(entry.path().stem(), entry.path());
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
    throw PluginError("no plugin file " + name + "; build it, or mend the path");
  }
  if (name.find('/') != std::string::npos) {
    throw PluginError("plugin '" + name + "' is neither a name nor an absolute path");
  }
  for (const fs::path& folder : folders) {
    fs::path file = folder / (name + ".so");
    if (fs::exists(file, unreadable)) return file;
  }
  std::vector<std::string> known;
  for (const fs::path& file : list_plugins(folders)) known.push_back(file.stem().string());
  std::string searched;
  for (const fs::path& folder : folders) {
    searched += (searched.empty() ? "" : ", ") + folder.string() +
                (fs::is_directory(folder, unreadable) ? "" : " (no such folder)");
  }
  throw PluginError("no plugin '" + name + "' in the search path" +
                    experiment::suggest(name, known) + ". Searched: " + searched +
                    ". Others are found through plugin_path, SLA_PLUGIN_PATH or the path of a .so");
}

}  // namespace host::plugin
