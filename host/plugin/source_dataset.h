#pragma once

#include <sla/dataset.h>

#include <memory>

#include "host/plugin/factory.h"

namespace host::plugin {

/// The dataset's own way of drawing, or null where it has none. Keeps the dataset alive, and what
/// the sampler throws names the dataset.
std::unique_ptr<sla::Sampler> own_sampler(const Component<sla::Dataset>& dataset, sla::Split split,
                                          int64_t batch_size, const sla::RandomStream& random);

/// A dataset as the dataset that is made of it sees it. Keeps the source's library and services
/// alive, and what the source throws names the source.
std::shared_ptr<const sla::Dataset> as_source(Component<sla::Dataset> component);

}  // namespace host::plugin
