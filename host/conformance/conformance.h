#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace host::conformance {

/// The number of checks and of failures.
struct Outcome {
  int checks = 0;
  int failures = 0;
};

/// Checks every component of a plugin against the contracts in the SDK's headers, and prints
/// each result. `settings` are parameters as COMPONENT.KEY=VALUE; others have their
/// defaults. Throws PluginError if the plugin cannot be loaded, ExperimentError for invalid
/// settings.
Outcome check_plugin(const std::filesystem::path& file, const std::vector<std::string>& settings,
                     std::ostream& out);

}  // namespace host::conformance
