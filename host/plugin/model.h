#pragma once

#include <sla/model.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "host/plugin/handle.h"
#include "host/plugin/unchanged.h"

namespace host::plugin {

/// An experiment's model. Every function throws PluginError.
class Model final : public Handle<sla::Model> {
 public:
  explicit Model(Made<sla::Model> made);

  int64_t feature_size() const { return feature_size_; }
  const std::vector<int64_t>& stage_channels() const { return stage_channels_; }

  at::Tensor features(const at::Tensor& images) const;
  sla::StagedFeatures staged_features(const at::Tensor& images) const;

 private:
  int64_t feature_size_;
  std::vector<int64_t> stage_channels_;
  std::shared_ptr<Unchanged> images_ = std::make_shared<Unchanged>();
};

}  // namespace host::plugin
