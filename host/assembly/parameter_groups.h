#pragma once

#include <string>
#include <vector>

#include "host/assembly/network.h"
#include "host/experiment/options.h"

namespace host::assembly {

/// The group of a parameter: the last whose pattern (with * and ?) matches its name. Nullptr if
/// none does.
const experiment::ParameterGroup* group_of(const std::vector<experiment::ParameterGroup>& groups,
                                           const std::string& name);

/// Freezes the parameters whose group asks for it. Throws ExperimentError if a pattern matches no
/// parameter, or if nothing is left to train.
void freeze_groups(Network& network, const std::vector<experiment::ParameterGroup>& groups);

}  // namespace host::assembly
