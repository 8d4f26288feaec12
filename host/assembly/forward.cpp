#include "host/assembly/forward.h"

#include <utility>

namespace host::assembly {

sla::Embedding forward(const data::Transformations& transformations,
                       const data::Normalisation& normalisation, const Network& network,
                       const sla::Batch& batch, sla::Views views) {
  const auto inputs = normalisation(transformations.apply(batch.images, views));
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
