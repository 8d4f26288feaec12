#pragma once

#include <map>
#include <set>
#include <string>

#include "host/experiment/value.h"

namespace host::experiment {

/// A document's keys as "table.key", with their values as TOML text, excluding the keys and tables
/// in `without`, which use the same notation.
std::map<std::string, std::string> flatten(const Table& document,
                                           const std::set<std::string>& without);

/// The keys that do not affect what an experiment computes: where it runs, how it is saved,
/// published values, and the handling of non-finite losses.
const std::set<std::string>& keys_without_effect();

}  // namespace host::experiment
