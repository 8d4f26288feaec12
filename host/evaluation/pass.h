#pragma once

#include <string>
#include <vector>

#include "host/assembly/assembly.h"
#include "host/evaluation/observer.h"

namespace host::evaluation {

/// Makes predictions for a whole split, batch by batch, with the network in evaluation mode; its
/// mode is restored afterwards. Each process of `group` takes its turn of the batches. `label`
/// names the progress bar. Returns false if a stop signal arrives.
bool run_pass(const assembly::Assembly& assembly, sla::Split split,
              const std::vector<sla::Prediction>& predictions, const std::string& label,
              const distributed::Group& group, Observer& observer);

}  // namespace host::evaluation
