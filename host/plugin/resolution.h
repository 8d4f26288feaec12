#pragma once

#include <map>
#include <string>

#include "host/experiment/experiment.h"

namespace host::plugin {

/// The experiment with a value for every parameter of its components, defaults included, in its
/// tables and in its document; paths are absolute. Experiments that resolve to the same document
/// are equivalent. Loads the plugins but constructs no component. Throws ExperimentError and
/// PluginError.
experiment::Experiment resolve(experiment::Experiment experiment);

/// The code that runs a resolved experiment now, as storage::recorded_code() gives that of a run.
/// Throws PluginError.
std::map<std::string, std::string> code_of(const experiment::Experiment& experiment);

}  // namespace host::plugin
