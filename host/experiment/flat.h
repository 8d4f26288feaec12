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
/// it is named, saved, logged, evaluated in batches and scored on training images, accepted
/// exceptions, published values, and the handling of non-finite losses.
const std::set<std::string>& keys_without_effect();

/// These and the seed: what may differ between runs of one experiment.
const std::set<std::string>& keys_beside_experiment();

/// The keys without effect and those of a run's length, which a resumed run may have otherwise.
const std::set<std::string>& keys_that_resuming_may_change();

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
