#pragma once

#include <ATen/core/Tensor.h>
#include <sla/dataset.h>
#include <sla/draft/frozen_network.h>
#include <sla/model.h>
#include <sla/objective.h>

#include <functional>
#include <memory>

namespace host::conformance {

/// `count` random images, identical for identical shapes: bytes, or floating point in 0..1.
at::Tensor random_images(int64_t count, const sla::ImageShape& shape, at::ScalarType dtype);

/// The first of some common image shapes for which `use` does not throw sla::Error. If there is
/// none, throws Failure with the first error.
sla::ImageShape usual_shape(const std::function<void(const sla::ImageShape&)>& use);

/// A source for datasets that wrap another one: 16 classes in each split, 32 images per class, all
/// distinct.
std::shared_ptr<const sla::Dataset> probe_dataset();

/// Channels of probe_model()'s only feature map.
inline constexpr int64_t kMapChannels = 4;

/// A model for an objective's heads.
std::shared_ptr<sla::Model> probe_model(int64_t feature_size);

/// A stand-in for an earlier run's network: untrained, with `classes` classes.
std::shared_ptr<sla::FrozenNetwork> probe_frozen_network(int64_t classes);

/// A batch that suits both ordinary and few-shot objectives: its labels cover all classes, and it
/// has the layout of two episodes.
sla::Batch probe_batch(int64_t classes);

/// Calls `work` with one LibTorch thread, then with three, and restores the number of threads.
void with_thread_counts(const std::function<void()>& work);

/// Calls `work` in two threads at once; exceptions from either reach the caller.
void from_two_threads(const std::function<void()>& work);

}  // namespace host::conformance
