#pragma once

#include <string>
#include <vector>

#include "host/experiment/experiment.h"

namespace host::commands {

/// Warns if a profile swapped the experiment's dataset for another one.
void warn_of_replaced_dataset(const experiment::Experiment& experiment);

/// Warns which protocol deviations the metrics were produced under.
void warn_of_departures(const std::vector<std::string>& departures);

}  // namespace host::commands
