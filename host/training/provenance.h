#pragma once

#include <string>
#include <vector>

#include "host/training/assembly.h"

namespace host::training {

/// What a run came from, as JSON text: command line, versions, plugins with their SHA-256, device
/// and threads, the dataset's own facts, the seed, the state of the git checkout it was started in.
std::string provenance(const Assembly& assembly, const std::vector<std::string>& command);

}  // namespace host::training
