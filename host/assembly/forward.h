#pragma once

#include <sla/embedding.h>

#include "host/assembly/network.h"
#include "host/data/normalisation.h"
#include "host/data/transformations.h"

namespace host::assembly {

/// What a network sees of a batch on the device: its images, transformed and normalised.
at::Tensor network_inputs(const data::Transformations& transformations,
                          const data::Normalisation& normalisation, const sla::Batch& batch,
                          sla::Views views);

/// The one forward pass: the model on the inputs made from `batch`, to which the result refers.
sla::Embedding forward(const Network& network, const at::Tensor& inputs, const sla::Batch& batch,
                       sla::Views views);

}  // namespace host::assembly
