#pragma once

#include <sla/batch.h>
#include <sla/batch_random.h>

#include <algorithm>
#include <vector>

#include "host/base/errors.h"
#include "host/plugin/augmentation.h"

namespace host::data {

/// The augmentations of an experiment, applied in order. Each has its own random stream.
class Augmentations {
 public:
  /// Throws ExperimentError if more than one mixes labels.
  explicit Augmentations(std::vector<plugin::Augmentation> augmentations)
      : augmentations_(std::move(augmentations)) {
    const plugin::Augmentation* first = mixing();
    for (const auto& later : augmentations_) {
      if (!later.mixes_labels() || &later == first) continue;
      throw ExperimentError(plugin::subject(later.origin()) + " mixes labels, and so does '" +
                            first->origin().component +
                            "' before it; an experiment may have one such augmentation");
    }
  }

  const std::vector<plugin::Augmentation>& components() const { return augmentations_; }

  /// The one that mixes labels, or null.
  const plugin::Augmentation* mixing() const {
    const auto found = std::find_if(augmentations_.begin(), augmentations_.end(),
                                    [](const auto& one) { return one.mixes_labels(); });
    return found == augmentations_.end() ? nullptr : &*found;
  }

  /// Throws PluginError.
  void apply(sla::Batch& batch, const sla::BatchRandom& random) const {
    for (size_t i = 0; i < augmentations_.size(); ++i) {
      augmentations_[i].apply(batch, random.child(static_cast<int64_t>(i)));
    }
  }

 private:
  std::vector<plugin::Augmentation> augmentations_;
};

}  // namespace host::data
