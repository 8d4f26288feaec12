#pragma once

#include <sla/parameters.h>

#include <string>
#include <vector>

#include "host/experiment/value.h"

namespace host::experiment {

/// Holds a table against the parameters that its owner declares and fills in the defaults. Serves
/// the host's own tables and those of plugins. `owner` names it in messages ("[training]", "plugin
/// cifar"); keys in `ignored` are somebody else's. Throws ExperimentError at the first unknown key,
/// wrong type, value out of range or missing required key, with file, line and column.
sla::Parameters check(const Table& table, const Location& where, const std::string& owner,
                      const std::vector<sla::Parameter>& declared,
                      const std::vector<std::string>& ignored = {});

/// The range, choices and type of a parameter in words: "integer, 1 to 100".
std::string describe_type(const sla::Parameter& parameter);

}  // namespace host::experiment
