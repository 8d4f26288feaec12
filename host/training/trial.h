#pragma once

#include "host/assembly/assembly.h"

namespace host::training {

/// Tries training, each phase of it, and predicting, without saving anything, for `sla_host check`.
/// Returns the first step's loss.
double try_one_step(const assembly::Assembly& assembly);

}  // namespace host::training
