#include "host/assembly/forward.h"

#include <utility>

namespace host::assembly {

at::Tensor network_inputs(const data::Transformations& transformations,
                          const data::Normalisation& normalisation, const sla::Batch& batch,
                          sla::Views views) {
  return normalisation(transformations.apply(batch.images, views));
}

sla::Embedding forward(const Network& network, const at::Tensor& inputs, const sla::Batch& batch,
                       sla::Views views) {
  const auto& needs = network.objective().needs();
  auto [features, maps] = network.forward(inputs, needs.feature_maps);
  return {.features = std::move(features),
          .feature_maps = std::move(maps),
          .inputs = inputs,
          .views = views,
          .copies = network.is_training() ? needs.copies : 1,
          .batch = batch};
}

}  // namespace host::assembly
