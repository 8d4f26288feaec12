#include "host/plugin/augmentation.h"

#include <utility>

#include "host/plugin/data_contracts.h"
#include "host/plugin/refusal.h"

namespace host::plugin {

Augmentation::Augmentation(Made<sla::Augmentation> made, const sla::ImageShape& shape,
                           int64_t classes)
    : Handle(std::move(made)),
      shape_(shape),
      classes_(classes),
      mixes_labels_(
          call("mixes_labels", [](const auto& object) { return object.mixes_labels(); })) {}

void Augmentation::apply(sla::Batch& batch, const sla::BatchRandom& random) const {
  const int64_t count = batch.labels.numel();
  const auto dtype = batch.images.scalar_type();
  const bool was_mixed = batch.mixed.has_value();
  const auto labels = labels_->remember(batch.labels);
  call("apply", [&](const auto& object) { object.apply(batch, random); });
  check_batch(batch, count, shape_, "apply", origin());
  if (batch.images.scalar_type() != dtype) {
    refuse(origin(), "apply", std::string("images as ") + c10::toString(batch.images.scalar_type()),
           std::string(c10::toString(dtype)) + ", as they came");
  }
  if (!batch.labels.is_same(labels.tensor)) {
    refuse(origin(), "apply", "other labels", "the labels as they came; add mixed ones as `mixed`");
  }
  labels_->check(labels, "the labels", "apply", origin());
  if (was_mixed && !batch.mixed) {
    refuse(origin(), "apply", "no mixed labels", "those that an augmentation before it has added");
  }
  if (mixes_labels_ && !batch.mixed) {
    refuse(origin(), "apply", "no mixed labels", "some, as mixes_labels() says");
  }
  if (batch.mixed && !was_mixed && !mixes_labels_) {
    refuse(origin(), "apply", "mixed labels", "none, unless mixes_labels() says so");
  }
  if (batch.mixed) check_mixed(*batch.mixed, count, classes_, origin());
}

}  // namespace host::plugin
