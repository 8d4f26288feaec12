#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace tests {

/// A file of reference values or real data outside the project, in the folder that the variable
/// SLA_SHARED names (default: shared, next to the project). If it is missing, prints that the
/// running test case is skipped; the case must then return.
std::optional<std::filesystem::path> shared_file(const std::string& name);

}  // namespace tests
