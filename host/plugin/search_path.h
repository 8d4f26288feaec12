#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::plugin {

/// The folders in which plugins are found by name: those given, those of the variable
/// SLA_PLUGIN_PATH (separated by colons), then those that belong to this program. Never the current
/// directory, unless it is given.
std::vector<std::filesystem::path> search_path(const std::vector<std::filesystem::path>& first);

/// The file of plugin `name`, which is looked up in `folders` unless it is an absolute path. Throws
/// PluginError listing the plugins found.
std::filesystem::path find_plugin(const std::string& name,
                                  const std::vector<std::filesystem::path>& folders);

/// Every .so in `folders`, sorted by name; of two with one name, the one found first.
std::vector<std::filesystem::path> list_plugins(const std::vector<std::filesystem::path>& folders);

}  // namespace host::plugin
