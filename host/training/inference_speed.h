#pragma once

#include <sla/objective.h>

#include "host/training/assembly.h"

namespace host::training {

/// Images per second at which a prediction is made of test images that lie ready on the device:
/// transformations, model and heads. Takes about a tenth of a second, or a batch; NaN where there
/// are no images.
double inference_speed(const Assembly& assembly, const sla::Prediction& prediction);

}  // namespace host::training
