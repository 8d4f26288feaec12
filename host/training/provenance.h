#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "host/training/assembly.h"

namespace host::training {

/// What a run comes from: versions, plugins with SHA-256 and build identifier, LibTorch, compiler,
/// device, threads, the dataset's own facts and a digest of each split's labels, the seed, the
/// state of the git checkout it is started in.
nlohmann::json provenance(const Assembly& assembly);

/// What is not the same any more, a line each: "plugin sla: sha256 was 1f..., is 2e...".
std::vector<std::string> changes(const nlohmann::json& then, const nlohmann::json& now);

}  // namespace host::training
