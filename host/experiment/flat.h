#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/experiment/value.h"

namespace host::experiment {

/// A document's keys as "table.key", with their values as TOML text, excluding the keys and tables
/// in `without`, which use the same notation.
std::map<std::string, std::string> flatten(const Table& document,
                                           const std::set<std::string>& without);

/// The keys that do not affect what an experiment trains: where it runs and finds its plugins, how
/// it is named, saved, logged and evaluated in batches, accepted exceptions, published values, and
/// the handling of non-finite losses. They may change when a run is resumed.
const std::set<std::string>& keys_without_effect();

/// The keys that say how long an experiment trains, of which a run may change when it is resumed.
const std::set<std::string>& keys_of_length();

/// A key whose values differ between two experiments, as TOML text or "(not set)".
struct Difference {
  std::string key;
  std::string first;
  std::string second;
};

/// All keys that differ, except those in `without`, in alphabetical order.
std::vector<Difference> differences(const Table& first, const Table& second,
                                    const std::set<std::string>& without = keys_without_effect());

}  // namespace host::experiment
