#include "host/plugin/model.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "host/base/libtorch.h"
#include "host/plugin/network_contracts.h"
#include "host/plugin/refusal.h"

namespace host::plugin {

Model::Model(Made<sla::Model> made)
    : Handle(std::move(made)),
      feature_size_(call("feature_size", [](const auto& object) { return object.feature_size(); })),
      stage_channels_(
          call("stage_channels", [](const auto& object) { return object.stage_channels(); })) {
  if (feature_size_ < 1)
    refuse(origin(), "feature_size", std::to_string(feature_size_), "at least 1");
  if (!std::all_of(stage_channels_.begin(), stage_channels_.end(), [](auto n) { return n > 0; })) {
    refuse(origin(), "stage_channels", fmt::format("{}", fmt::join(stage_channels_, ", ")),
           "at least 1 channel in each stage");
  }
  // The head is discarded, and the generator restored.
  const libtorch::KeptGenerator generator(at::kCPU);
  if (!call("make_head", [](auto& object) { return object.make_head(1); })) {
    refuse(origin(), "make_head", "null", "a head");
  }
}

at::Tensor Model::features(const at::Tensor& images) const {
  const auto before = images_->remember(images);
  auto found = call("features", [&](auto& object) { return object.features(images); });
  check_features(found, images.size(0), feature_size_, origin());
  images_->check(before, "the images", "features", origin());
  return found;
}

sla::StagedFeatures Model::staged_features(const at::Tensor& images) const {
  const auto before = images_->remember(images);
  auto found =
      call("staged_features", [&](auto& object) { return object.staged_features(images); });
  check_features(found.features, images.size(0), feature_size_, origin());
  check_maps(found.maps, images.size(0), stage_channels_, origin());
  images_->check(before, "the images", "staged_features", origin());
  return found;
}

}  // namespace host::plugin
