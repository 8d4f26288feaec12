#pragma once

#include <ATen/core/Tensor.h>
#include <sla/dataset.h>
#include <sla/model.h>
#include <sla/objective.h>

#include <functional>
#include <memory>

namespace host::conformance {

/// `count` random images, the same for the same shape: bytes, or numbers in 0..1.
at::Tensor random_images(int64_t count, const sla::ImageShape& shape, at::ScalarType dtype);

/// The first of some usual image shapes with which `use` does not throw sla::Error. Throws Failure
/// with the first refusal where there is none.
sla::ImageShape usual_shape(const std::function<void(const sla::ImageShape&)>& use);

/// Classes and images for a dataset that is made of another one: 16 classes in each split, 32
/// images of each class, none like another.
std::shared_ptr<const sla::Dataset> probe_dataset();

/// A model for an objective to put its heads on.
std::shared_ptr<sla::Model> probe_model(int64_t feature_size);

/// A batch that is ordinary and few-shot at once: its labels cover all classes, and it is laid out
/// as two episodes, so that any objective finds what it needs. Without images.
sla::Batch probe_batch(int64_t classes);

/// Calls `work` with one LibTorch thread, then with three, and restores the number of before.
void with_thread_counts(const std::function<void()>& work);

/// Calls `work` from two threads at once; what either throws reaches the caller.
void from_two_threads(const std::function<void()>& work);

}  // namespace host::conformance
