#pragma once

#include <sla/parameters.h>

#include <string>
#include <vector>

#include "host/experiment/value.h"

namespace host::experiment {

/// Checks a table against the parameters that its owner (the host or a plugin) declares, and fills
/// in defaults. `owner` names it in messages ("[training]", "plugin cifar"); keys in `ignored`
/// belong to someone else. Throws ExperimentError with file, line and column at the first unknown
/// key, wrong type, value out of range or missing required key.
sla::Parameters check(const Table& table, const Location& where, const std::string& owner,
                      const std::vector<sla::Parameter>& declared,
                      const std::vector<std::string>& ignored = {});

/// The same as a table: every declared parameter with its checked value or its default, paths
/// absolute; what else the table holds stays.
Table complete(const Table& table, const Location& where, const std::string& owner,
               const std::vector<sla::Parameter>& declared,
               const std::vector<std::string>& ignored = {});

/// A parameter's value as it would stand in an experiment, at this place.
Value to_value(const sla::ParameterValue& value, const Location& where);

/// A parameter's type and range or choices: "integer, 1 to 100", "one of 20, 32".
std::string describe_type(const sla::Parameter& parameter);

}  // namespace host::experiment
