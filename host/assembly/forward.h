#pragma once

#include <sla/embedding.h>

#include "host/assembly/network.h"
#include "host/data/normalisation.h"
#include "host/data/transformations.h"

namespace host::assembly {

/// The one forward pass of a batch on the device: transformations, normalisation, model. The result
/// refers to `batch`.
sla::Embedding forward(const data::Transformations& transformations,
                       const data::Normalisation& normalisation, const Network& network,
                       const sla::Batch& batch, sla::Views views);

}  // namespace host::assembly
