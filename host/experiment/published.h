#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/experiment/value.h"

namespace host::experiment {

/// Resolves an experiment file with some of its profiles, without further overrides.
using ResolveFile = std::function<Table(const std::filesystem::path& file,
                                        const std::vector<std::string>& profiles)>;

/// Keeps the [[published]] entries that are about `root`: those for exactly the profiles `chosen`,
/// in any order (an entry without the key `profiles`: for none), and whose file, resolved with
/// them, gives the same experiment, whatever its seed. So a change by --set or by a file that
/// extends theirs drops them. Drops the key `profiles` from the entries kept, so that a resolved
/// experiment contains its published values. Throws ExperimentError if an entry names a profile
/// that is not in `known`.
void keep_published(Table& root, const std::vector<std::string>& chosen,
                    const std::vector<std::string>& known, const ResolveFile& resolve_file);

}  // namespace host::experiment
