#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host::commands {

struct DescribeArguments {
  std::string name;
  bool json = false;
};

struct InspectArguments {
  std::filesystem::path file;
  bool json = false;
};

struct NewPluginArguments {
  std::string kind;
  std::string name;
  /// Where to write the project; empty: a folder named after the plugin.
  std::filesystem::path folder;
};

struct ConformanceArguments {
  std::filesystem::path file;
  /// Parameters of the plugin's components, as COMPONENT.KEY=VALUE.
  std::vector<std::string> settings;
};

/// Each prints its result to standard output and returns the exit status.
int plugins(const std::vector<std::filesystem::path>& folders, bool json);
int describe(const DescribeArguments& arguments);
int options();
int inspect(const InspectArguments& arguments);
int new_plugin(const NewPluginArguments& arguments);
int conformance(const ConformanceArguments& arguments);
/// If the path is empty, checks the search path and every plugin in it.
int doctor(const std::filesystem::path& file);

}  // namespace host::commands
