#pragma once

#include <sla/augmentation.h>
#include <sla/dataset.h>

#include <memory>

#include "host/plugin/handle.h"
#include "host/plugin/unchanged.h"

namespace host::plugin {

/// An experiment's augmentation. Every function throws PluginError.
class Augmentation final : public Handle<sla::Augmentation> {
 public:
  /// For images of this shape and `classes` classes.
  Augmentation(Made<sla::Augmentation> made, const sla::ImageShape& shape, int64_t classes);

  bool mixes_labels() const { return mixes_labels_; }

  void apply(sla::Batch& batch, const sla::BatchRandom& random) const;

 private:
  sla::ImageShape shape_;
  int64_t classes_;
  bool mixes_labels_;
  std::shared_ptr<Unchanged> labels_ = std::make_shared<Unchanged>();
};

}  // namespace host::plugin
