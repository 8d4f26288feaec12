#pragma once

#include <sla/dataset.h>

#include <memory>

#include "host/plugin/factory.h"

namespace host::plugin {

/// A dataset as the dataset that is made of it sees it. Keeps the source's library and services
/// alive, and what the source throws names the source.
std::shared_ptr<const sla::Dataset> as_source(Component<sla::Dataset> component);

}  // namespace host::plugin
