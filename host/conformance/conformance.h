#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace host::conformance {

/// How many checks were made and how many of them failed.
struct Outcome {
  int checks = 0;
  int failures = 0;
};

/// Holds every component of a plugin against the contracts of the SDK's headers and prints what
/// each check came to. `settings` are parameters as COMPONENT.KEY=VALUE; those not set have their
/// defaults. Throws PluginError where the plugin cannot be loaded and ExperimentError for settings
/// that do not fit.
Outcome check_plugin(const std::filesystem::path& file, const std::vector<std::string>& settings,
                     std::ostream& out);

}  // namespace host::conformance
