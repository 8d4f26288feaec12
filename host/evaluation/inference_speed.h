#pragma once

#include <sla/objective.h>

#include "host/assembly/assembly.h"

namespace host::evaluation {

/// Inference throughput of a prediction in images per second, for test images already on the
/// device: transformations, model and heads. Takes about 0.1 s, or one batch if that is longer; NaN
/// if the test split is empty.
double inference_speed(const assembly::Assembly& assembly, const sla::Prediction& prediction);

}  // namespace host::evaluation
