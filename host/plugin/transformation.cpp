#include "host/plugin/transformation.h"

#include <utility>

#include "host/plugin/data_contracts.h"
#include "host/plugin/refusal.h"

namespace host::plugin {

Transformation::Transformation(Made<sla::Transformation> made)
    : Handle(std::move(made)),
      count_(call("count", [](const auto& object) { return object.count(); })) {
  if (count_ < 1) refuse(origin(), "count", std::to_string(count_), "at least 1, the identity");
}

at::Tensor Transformation::apply(const at::Tensor& images) const {
  const auto before = images_->remember(images);
  auto views = call("apply", [&](const auto& object) { return object.apply(images); });
  check_views(views, images, count_, "apply", origin());
  images_->check(before, "the images", "apply", origin());
  return views;
}

}  // namespace host::plugin
