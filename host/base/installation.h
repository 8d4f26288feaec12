#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace host {

/// This program's version, which is its SDK's: "3.0.0".
std::string version();

/// This program's file.
std::filesystem::path this_program();

/// What came with this program as share/sla/NAME, beside it (in a build folder) or in its
/// installation; nullopt if nothing did.
std::optional<std::filesystem::path> installed_file(const std::filesystem::path& name);

}  // namespace host
