#include "host/plugin/search_path.h"

#include <cstdlib>
#include <map>
#include <sstream>

#include "host/errors.h"
#include "host/experiment/suggest.h"

namespace host::plugin {

namespace fs = std::filesystem;

std::vector<fs::path> search_path(const std::vector<fs::path>& first) {
  std::vector<fs::path> folders = first;
  if (const char* variable = std::getenv("SLA_PLUGIN_PATH")) {
    std::istringstream stream(variable);
    for (std::string folder; std::getline(stream, folder, ':');) {
      if (!folder.empty()) folders.emplace_back(folder);
    }
  }
  // Beside the program in a build tree, under lib/ where it is installed.
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  folders.push_back(program / "plugins");
  folders.push_back(program / ".." / "plugins");
  folders.push_back(program / ".." / "lib" / "sla" / "plugins");
  return folders;
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
  if (fs::path(name).is_absolute()) {
    if (fs::exists(name)) return name;
    throw PluginError("no plugin file " + name + "; build it, or mend the path");
  }
  for (const fs::path& folder : folders) {
    fs::path file = folder / (name + ".so");
    if (fs::exists(file)) return file;
  }
  std::vector<std::string> known;
  for (const fs::path& file : list_plugins(folders)) known.push_back(file.stem().string());
  throw PluginError("no plugin '" + name + "' in the search path" +
                    experiment::suggest(name, known) +
                    ". Others are found through plugin_path, SLA_PLUGIN_PATH or the path of a .so");
}

}  // namespace host::plugin
