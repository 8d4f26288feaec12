#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

/// A folder in which plugins are found by name.
struct SearchFolder {
  std::filesystem::path path;
  /// Who asks for it: "plugin_path", "SLA_PLUGIN_PATH", or "this program".
  std::string origin;
  /// Why nothing is loaded from it; empty where it is searched (it may be absent).
  std::string refusal = {};
};

/// Those given, those of the variable SLA_PLUGIN_PATH (separated by colons), then those that belong
/// to this program. Of these last, one that everybody may write to is refused: a plugin is code.
/// The current directory is never among them, unless it is given.
std::vector<SearchFolder> search_folders(const std::vector<std::filesystem::path>& first);

/// The folders of these that are searched.
std::vector<std::filesystem::path> search_path(const std::vector<std::filesystem::path>& first);

/// The file of plugin `name`, which is looked up in `folders` unless it is an absolute path. Throws
/// PluginError listing the plugins found.
std::filesystem::path find_plugin(const std::string& name,
                                  const std::vector<std::filesystem::path>& folders);

/// Every .so in `folders`, sorted by name; of two with one name, the one found first.
std::vector<std::filesystem::path> list_plugins(const std::vector<std::filesystem::path>& folders);

}  // namespace host::plugin
