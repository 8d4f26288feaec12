#pragma once

#include <map>
#include <string>

#include "host/conformance/bench.h"

namespace host::conformance {

/// Trains an objective on its one batch, with the features as free as its heads, and returns the
/// share of correct targets for each of its predictions.
std::map<std::string, double> accuracies_after_training(Bench bench);

}  // namespace host::conformance
