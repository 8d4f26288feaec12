#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

/// A folder searched for plugins by name.
struct SearchFolder {
  std::filesystem::path path;
  /// Where it comes from: "plugin_path", "SLA_PLUGIN_PATH", or "this program".
  std::string origin;
  /// Why it is not searched; empty if it is (it may be missing).
  std::string refusal = {};
};

/// The folders in `first`, in the variable SLA_PLUGIN_PATH (separated by colons), then the
/// program's own. Of the latter, those that anyone may write to are refused: a plugin is code.
/// The current directory is included only if given explicitly.
std::vector<SearchFolder> search_folders(const std::vector<std::filesystem::path>& first);

/// Those of the folders that are searched.
std::vector<std::filesystem::path> search_path(const std::vector<std::filesystem::path>& first);

/// The file of plugin `name`, looked up in `folders` unless it is an absolute path. A folder may
/// hold one build per LibTorch (2.13.0/NAME.so, 1.13.0/NAME.so): the one for this host's LibTorch
/// precedes NAME.so in the folder itself. Throws PluginError listing the plugins found.
std::filesystem::path find_plugin(const std::string& name,
                                  const std::vector<std::filesystem::path>& folders);

/// Every .so in `folders`, sorted by name; if two share a name, the one found first.
std::vector<std::filesystem::path> list_plugins(const std::vector<std::filesystem::path>& folders);

}  // namespace host::plugin
