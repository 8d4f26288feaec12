#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "host/assembly/assembly.h"

namespace host::run {

/// A run's provenance: versions, plugins with SHA-256 and build identifier, LibTorch, compiler,
/// device, threads, kernels, the dataset's own facts and a digest of each split's labels, the seed,
/// and the state of the git checkout in the working directory.
nlohmann::json provenance(const assembly::Assembly& assembly);

/// The part of it that describes the data: "splits" and "dataset".
nlohmann::json data_facts(const assembly::Assembly& assembly);

/// What has changed, one line each: "plugin sla: sha256 was 1f..., is 2e...".
std::vector<std::string> changes(const nlohmann::json& then, const nlohmann::json& now);

}  // namespace host::run
