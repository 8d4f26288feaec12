#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace host {

/// The value of an environment variable; nullopt if it is not set or empty.
std::optional<std::string> environment(const char* name);

/// The user's home folder: HOME, or else the one in the system's list of users; nullopt if neither
/// tells.
std::optional<std::filesystem::path> home_folder();

}  // namespace host
