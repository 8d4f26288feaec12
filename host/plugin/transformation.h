#pragma once

#include <sla/transformation.h>

#include <cstdint>
#include <memory>

#include "host/plugin/handle.h"
#include "host/plugin/unchanged.h"

namespace host::plugin {

/// An experiment's transformation. Every function throws PluginError.
class Transformation final : public Handle<sla::Transformation> {
 public:
  explicit Transformation(Made<sla::Transformation> made);

  /// M, queried once.
  int64_t count() const { return count_; }

  /// Applies all transformations to all images: [B, C, H, W] to [B*M, C, H, W].
  at::Tensor apply(const at::Tensor& images) const;

 private:
  int64_t count_;
  std::shared_ptr<Unchanged> images_ = std::make_shared<Unchanged>();
};

}  // namespace host::plugin
