#include "host/data/preparation.h"

#include <utility>

#include "host/plugin/contracts.h"

namespace host::data {

Preparation::Preparation(std::vector<plugin::Component<sla::Transformation>> transformations,
                         Normalisation normalisation, at::Device device)
    : transformations_(std::move(transformations)),
      normalisation_(std::move(normalisation)),
      device_(device) {}

int64_t Preparation::transformations() const {
  int64_t product = 1;
  for (const auto& transformation : transformations_) {
    product *= transformation.call("count", [](const auto& object) { return object.count(); });
  }
  return product;
}

sla::Batch Preparation::to_device(sla::Batch batch) const {
  const auto move = [&](at::Tensor& tensor) {
    tensor = tensor.to(tensor.options().device(device_), /*non_blocking=*/true);
  };
  move(batch.images);
  move(batch.labels);
  for (auto& [name, tensor] : batch.annotations) move(tensor);
  return batch;
}

at::Tensor Preparation::views(const at::Tensor& images, sla::Views views) const {
  at::Tensor expanded = images;
  if (views == sla::Views::all) {
    for (const auto& transformation : transformations_) {
      const auto views = transformation.call(
          "apply", [&](const sla::Transformation& object) { return object.apply(expanded); });
      const int64_t count =
          transformation.call("count", [](const auto& object) { return object.count(); });
      plugin::check_views(views, expanded, count, transformation.origin);
      expanded = views;
    }
  }
  return expanded;
}

at::Tensor Preparation::model_input(const at::Tensor& images, sla::Views views) const {
  return normalisation_(this->views(images, views));
}

}  // namespace host::data
