#pragma once

#include <map>
#include <set>
#include <string>

#include "host/experiment/value.h"

namespace host::experiment {

/// The keys of a document as "table.key" and their values as TOML text; but for the keys and tables
/// in `without`, which are given in the same way.
std::map<std::string, std::string> flatten(const Table& document,
                                           const std::set<std::string>& without);

/// What two experiments may differ in and still compute the same: where they run, how they are
/// saved, what papers say of them, and what to do about a loss that no experiment means to have.
const std::set<std::string>& keys_without_effect();

}  // namespace host::experiment
