#pragma once

#include "host/experiment/experiment.h"

namespace host::commands {

/// Says loudly where a profile swapped the experiment's dataset for another one.
void warn_of_replaced_dataset(const experiment::Experiment& experiment);

}  // namespace host::commands
