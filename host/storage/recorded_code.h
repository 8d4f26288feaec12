#pragma once

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>

namespace host::storage {

/// The code that a run's provenance names: the host's build, LibTorch's version, and each plugin's
/// SHA-256, by "host", "LibTorch" and "plugin COMPONENT". Empty if it is not recorded.
std::map<std::string, std::string> recorded_code(const nlohmann::json& provenance);

}  // namespace host::storage
