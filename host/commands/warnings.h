#pragma once

#include <string>
#include <vector>

#include "host/experiment/experiment.h"

namespace host::commands {

/// Says loudly where a profile swapped the experiment's dataset for another one.
void warn_of_replaced_dataset(const experiment::Experiment& experiment);

/// Says loudly which departures from the protocol the figures come from.
void warn_of_departures(const std::vector<std::string>& departures);

}  // namespace host::commands
