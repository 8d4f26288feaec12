#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace tests {

/// A file of the reference figures and real data that lie outside the project, in the folder that
/// the variable SLA_SHARED names (default: shared, beside the project). Where it is absent, prints
/// that the running test case is skipped; the case then returns.
std::optional<std::filesystem::path> shared_file(const std::string& name);

}  // namespace tests
